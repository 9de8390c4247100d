/** What a password has to be, for the form that shows it while one types and for the server that decides. Part of the browser's bundle. */
import { z } from 'zod'

export const PASSWORD_LENGTH_MIN = 8
export const PASSWORD_LENGTH_MAX = 128

export const PASSWORD_CHECKS = {
  length: (password: string) => password.length >= PASSWORD_LENGTH_MIN,
  digit: (password: string) => /\p{Nd}/u.test(password),
  lower: (password: string) => /\p{Ll}/u.test(password),
  upper: (password: string) => /\p{Lu}/u.test(password),
  symbol: (password: string) => /[^\p{L}\p{N}]/u.test(password),
} as const
export type PasswordCheck = keyof typeof PASSWORD_CHECKS

export const PASSWORD_CHECK_NAMES = Object.keys(PASSWORD_CHECKS) as PasswordCheck[]

export const isStrong = (password: string): boolean =>
  PASSWORD_CHECK_NAMES.every((name) => PASSWORD_CHECKS[name](password))

/** Its strength is a rule of its own, with a code of its own. */
export const password = z.string().min(1).max(PASSWORD_LENGTH_MAX)

/** The secret of a link that came by e-mail. */
export const linkToken = z.string().min(1).max(200).meta({ description: 'From the link in the e-mail' })

/**
 * What a password has to be, for the form that shows it while one types and for the server that decides. Length is all that
 * is asked of its characters (NIST SP 800-63B-4, ASVS 5.0 6.2): rules of composition make passwords that look alike.
 * Part of the browser's bundle.
 */

/** Characters as people count them. */
export const PASSWORD_LENGTH_MIN = 8
export const PASSWORD_LENGTH_MAX = 128

/** With fewer different ones it is a pattern. */
export const DIFFERENT_CHARACTERS_MIN = 5

export const STRENGTHS = ['short', 'simple', 'acceptable', 'good', 'strong'] as const
export type Strength = (typeof STRENGTHS)[number]

export const lengthOf = (password: string): number => [...password].length

export const isPattern = (password: string): boolean => new Set(password.toLowerCase()).size < DIFFERENT_CHARACTERS_MIN

/** By what can be seen of it: which ones are common, or close to their owner, the server knows. */
export function strengthOf(password: string): Strength {
  const length = lengthOf(password)
  if (length < PASSWORD_LENGTH_MIN) return 'short'
  if (isPattern(password)) return 'simple'
  if (length < 12) return 'acceptable'
  return length < 16 ? 'good' : 'strong'
}

export const mayBeChosen = (password: string): boolean => !['short', 'simple'].includes(strengthOf(password))

import { z } from 'zod'
import { linkToken, password } from '../../../platform/auth/account.fields.ts'
import { endpoint } from '../../../platform/http/endpoint.ts'

const common = { roles: [], tag: 'registrations' } as const

/** In a body, since addresses are written into logs. */
export const readPasswordLink = endpoint({
  ...common,
  path: 'POST /passwords/read',
  summary: { en: 'What a link for a password is for', pt: 'Para que serve um link de senha' },
  body: z.strictObject({ token: linkToken }),
  response: z.object({ name: z.string(), email: z.string(), purpose: z.enum(['invitation', 'reset']) }),
})

/** The link is used up, all other sessions are over, and the answer sets the cookie of a new one, unless a code is asked for. */
export const choosePassword = endpoint({
  ...common,
  path: 'POST /passwords',
  summary: {
    en: 'Choose a password with the link of an invitation, or of a forgotten password',
    pt: 'Escolher uma senha com o link de um convite ou de senha esquecida',
  },
  body: z.strictObject({ token: linkToken, password }),
  response: z.object({
    chosen: z.literal(true),
    signedIn: z.boolean().meta({ description: 'false: the account asks for a code as well; sign in' }),
  }),
})

import { z } from 'zod'
import { endpoint } from '../../../platform/http/endpoint.ts'
import { email } from '../../../platform/http/fields.ts'

/** The same answer whether anybody has this address or not. */
export const contract = endpoint({
  path: 'POST /password-resets',
  roles: [],
  tag: 'registrations',
  summary: {
    en: 'Forgot the password: a link comes by e-mail',
    pt: 'Esqueci a senha: o link chega por e-mail',
  },
  body: z.strictObject({ email }),
  response: z.object({ accepted: z.literal(true) }),
})

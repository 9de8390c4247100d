import { z } from 'zod'
import { linkToken, password } from '../../../platform/auth/account.fields.ts'
import { endpoint } from '../../../platform/http/endpoint.ts'
import { id } from '../../../platform/http/fields.ts'
import { demoSize, institutionName, timeZone } from '../../institutions/institution.fields.ts'

const common = { roles: [], tag: 'registrations' } as const

/** In a body, since addresses are written into logs. */
export const readRegistration = endpoint({
  ...common,
  path: 'POST /registrations/read',
  summary: { en: 'What the link of a registration is for', pt: 'Para que serve o link de um cadastro' },
  body: z.strictObject({ token: linkToken }),
  response: z.object({ email: z.string(), demoData: demoSize.nullable() }),
})

/** The answer sets the session cookie. */
export const finishRegistration = endpoint({
  ...common,
  path: 'PUT /registrations',
  summary: {
    en: 'Finish a registration: the institution and its first person are made',
    pt: 'Concluir um cadastro: a instituição e sua primeira pessoa são criadas',
  },
  body: z.strictObject({ token: linkToken, password, institutionName, timeZone: timeZone.optional() }),
  response: z.object({ institutionId: id, demoData: demoSize.nullable() }),
})

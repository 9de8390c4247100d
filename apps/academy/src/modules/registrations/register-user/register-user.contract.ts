import { z } from 'zod'
import { endpoint } from '../../../platform/http/endpoint.ts'
import { email } from '../../../platform/http/fields.ts'
import { demoSize } from '../../institutions/institution.fields.ts'

/** The same answer whether anybody has this address or not. */
export const contract = endpoint({
  path: 'POST /registrations',
  roles: [],
  tag: 'registrations',
  summary: {
    en: 'Ask for an institution of your own: a link comes by e-mail',
    pt: 'Pedir uma instituição própria: o link chega por e-mail',
  },
  body: z.strictObject({
    email,
    demoData: demoSize.optional().meta({ description: 'Fill it with demonstration data: 10, 300 or 3,000 students' }),
  }),
  response: z.object({ accepted: z.literal(true) }),
})

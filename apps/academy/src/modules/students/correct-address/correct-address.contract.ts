import { z } from 'zod'
import { endpoint } from '../../../platform/http/endpoint.ts'
import { count, id, text } from '../../../platform/http/fields.ts'

export const contract = endpoint({
  path: 'PUT /students/:studentId/email',
  roles: ['staff'],
  tag: 'students',
  summary: {
    en: 'Correct the e-mail address; what failed is sent again',
    pt: 'Corrigir o e-mail; o que falhou é enviado de novo',
  },
  params: z.object({ studentId: id }),
  body: z.strictObject({
    email: z.string().trim().toLowerCase().max(254).pipe(z.email()),
    reason: text(500).meta({ description: 'Kept with the change and with each message that is sent again' }),
  }),
  response: z.object({ id, email: z.string(), sentAgain: count }),
})

import { z } from 'zod'
import { endpoint } from '../../../platform/http/endpoint.ts'
import { id } from '../../../platform/http/fields.ts'
import { charge, chargeStatus } from '../charge.fields.ts'

export const contract = endpoint({
  path: 'GET /payments/charges',
  roles: ['staff', 'student'],
  tag: 'payments',
  summary: {
    en: 'Charges, the newest first: all of the institution for staff, for students their own',
    pt: 'Cobranças, da mais nova: todas da instituição para a secretaria, para alunos as próprias',
  },
  query: z.object({
    status: chargeStatus.optional(),
    before: id.optional().meta({ description: 'Continue after this one: the `next` of the page before' }),
    limit: z.coerce.number().int().min(1).max(100).default(50),
  }),
  response: z.object({ charges: z.array(charge), next: id.nullable() }),
})

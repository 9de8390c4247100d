import { z } from 'zod'
import { endpoint } from '../../../platform/http/endpoint.ts'
import { id, text } from '../../../platform/http/fields.ts'
import { amountCents, description } from '../charge.fields.ts'

export const contract = endpoint({
  path: 'POST /payments/charges',
  roles: ['staff'],
  tag: 'payments',
  summary: { en: 'Ask a student to pay', pt: 'Cobrar um aluno' },
  body: z.strictObject({ studentId: id, description, amountCents }),
  status: 201,
  response: z.object({ id }),
})

export const REASON_LENGTH_MAX = 500

export const tryAgain = endpoint({
  path: 'POST /payments/charges/:chargeId/try-again',
  roles: ['staff'],
  tag: 'payments',
  summary: {
    en: 'Ask the gateway again for a charge that failed, with the same key',
    pt: 'Pedir de novo ao gateway uma cobrança que falhou, com a mesma chave',
  },
  params: z.object({ chargeId: id }),
  body: z.strictObject({ reason: text(REASON_LENGTH_MAX) }),
  response: z.object({ commandId: id }),
})

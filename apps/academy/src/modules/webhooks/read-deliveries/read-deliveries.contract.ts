import { z } from 'zod'
import { endpoint } from '../../../platform/http/endpoint.ts'
import { id, instant, text } from '../../../platform/http/fields.ts'
import { delivery, deliveryStatus } from '../webhook.fields.ts'

const params = z.object({ webhookId: id, deliveryId: id })

export const list = endpoint({
  path: 'GET /webhooks/:webhookId/deliveries',
  roles: ['staff'],
  tag: 'webhooks',
  summary: { en: 'What was sent to a webhook, the newest first', pt: 'O que foi enviado a um webhook, do mais novo' },
  params: z.object({ webhookId: id }),
  query: z.object({
    status: deliveryStatus.optional(),
    before: id.optional().meta({ description: 'Continue after this one: the `next` of the page before' }),
    limit: z.coerce.number().int().min(1).max(100).default(50),
  }),
  response: z.object({ deliveries: z.array(delivery), next: id.nullable() }),
})

export const one = endpoint({
  path: 'GET /webhooks/:webhookId/deliveries/:deliveryId',
  roles: ['staff'],
  tag: 'webhooks',
  summary: { en: 'One delivery with its attempts', pt: 'Uma entrega com suas tentativas' },
  params,
  response: delivery.extend({
    attemptLog: z.array(
      z.object({
        number: z.int(),
        at: instant,
        httpStatus: z.int().nullable(),
        ms: z.int(),
        reason: z.string().nullable().meta({ description: 'Why there was no answer' }),
        response: z.string().nullable().meta({ description: 'First KiB of the answer, control characters escaped' }),
      }),
    ),
  }),
})

export const REASON_LENGTH_MAX = 500

export const sendAgain = endpoint({
  path: 'POST /webhooks/:webhookId/deliveries/:deliveryId/send-again',
  roles: ['staff'],
  tag: 'webhooks',
  summary: {
    en: 'Send again what failed or was cancelled, under the same id',
    pt: 'Enviar de novo o que falhou ou foi cancelado, com o mesmo id',
  },
  params,
  body: z.strictObject({ reason: text(REASON_LENGTH_MAX) }),
  response: z.object({ commandId: id }),
})

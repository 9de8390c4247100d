/** Staff look at what was sent to a webhook, attempt by attempt, and have sent again what ended badly. */
import { CascataError, reprocess } from 'cascata'
import { notFound, refuse } from '../../../platform/http/refusal.ts'
import { route } from '../../../platform/http/route.ts'
import type { DeliveryStatus } from '../webhook.fields.ts'
import { list, one, sendAgain } from './read-deliveries.contract.ts'

type Row = {
  id: string
  event_type: string
  event_id: string
  status: DeliveryStatus
  attempts: number
  http_status: number | null
  next_attempt_at: Date | null
  created_at: Date
}

const COLUMNS = `d.id, d.event_type, d.event_id, d.status, d.attempts, d.next_attempt_at, d.created_at,
  (select a.http_status from academy.webhook_attempts a
   where a.institution_id = d.institution_id and a.subscription_id = d.subscription_id and a.delivery_id = d.id
   order by a.number desc limit 1) as http_status`

const deliveryOf = (row: Row) => ({
  id: row.id,
  eventType: row.event_type,
  eventId: row.event_id,
  status: row.status,
  attempts: row.attempts,
  httpStatus: row.http_status,
  nextAttemptAt: row.next_attempt_at?.toISOString() ?? null,
  createdAt: row.created_at.toISOString(),
})

const noSuchDelivery = () =>
  notFound('webhook-delivery-not-found', { en: 'There is no such delivery.', pt: 'Esta entrega não existe.' })

export const listDeliveries = route('GET /webhooks/:webhookId/deliveries', list, async ({ input, tx, by }) => {
  const { webhookId, status = null, before = null, limit } = input
  const known = await tx.query('select 1 from academy.webhook_subscriptions where institution_id = $1 and id = $2', [
    by.institutionId,
    webhookId,
  ])
  if (known.rows.length === 0) {
    return notFound('webhook-not-found', { en: 'There is no such webhook.', pt: 'Este webhook não existe.' })
  }
  // An id carries the time of its event, so that the newest come first.
  const { rows } = await tx.query<Row>(
    `select ${COLUMNS} from academy.webhook_deliveries d
     where d.institution_id = $1 and d.subscription_id = $2 and ($3::text is null or d.status = $3)
       and ($4::uuid is null or d.id < $4)
     order by d.id desc limit $5`,
    [by.institutionId, webhookId, status, before, limit + 1],
  )
  const page = rows.slice(0, limit)
  return { deliveries: page.map(deliveryOf), next: rows.length > page.length ? (page.at(-1)?.id ?? null) : null }
})

type AttemptRow = {
  number: number
  at: Date
  http_status: number | null
  ms: number
  reason: string | null
  response: string | null
}

export const readDelivery = route('GET /webhooks/:webhookId/deliveries/:deliveryId', one, async ({ input, tx, by }) => {
  const where = [by.institutionId, input.webhookId, input.deliveryId]
  const { rows } = await tx.query<Row>(
    `select ${COLUMNS} from academy.webhook_deliveries d
     where d.institution_id = $1 and d.subscription_id = $2 and d.id = $3`,
    where,
  )
  const [delivery] = rows
  if (!delivery) return noSuchDelivery()
  const attempts = await tx.query<AttemptRow>(
    `select number, at, http_status, ms, reason, response from academy.webhook_attempts
     where institution_id = $1 and subscription_id = $2 and delivery_id = $3 order by number`,
    where,
  )
  return {
    ...deliveryOf(delivery),
    attemptLog: attempts.rows.map(({ at, http_status, ...row }) => ({
      ...row,
      at: at.toISOString(),
      httpStatus: http_status,
    })),
  }
})

export const sendDeliveryAgain = route(
  'POST /webhooks/:webhookId/deliveries/:deliveryId/send-again',
  sendAgain,
  async ({ input, tx, by }) => {
    const where = [by.institutionId, input.webhookId, input.deliveryId]
    const { rows } = await tx.query<{ command_id: string; active: boolean }>(
      `select d.command_id, s.active from academy.webhook_deliveries d
       join academy.webhook_subscriptions s on s.institution_id = d.institution_id and s.id = d.subscription_id
       where d.institution_id = $1 and d.subscription_id = $2 and d.id = $3 for update of d`,
      where,
    )
    const [delivery] = rows
    if (!delivery) return noSuchDelivery()
    if (!delivery.active) {
      return refuse('webhook-not-active', {
        because: 'conflict',
        message: { en: 'Activate the webhook first.', pt: 'Ative o webhook primeiro.' },
      })
    }
    const { command_id: commandId } = delivery
    const order = { tenant: by.institutionId, commandId, author: by.id, reason: input.reason }
    try {
      const copy = await reprocess(tx, order)
      await tx.query(
        `update academy.webhook_deliveries set status = 'sending', command_id = $4, next_attempt_at = null, updated_at = now()
         where institution_id = $1 and subscription_id = $2 and id = $3`,
        [...where, copy],
      )
      return { commandId: copy }
    } catch (error) {
      if (!(error instanceof CascataError) || !['not-reprocessable', 'reprocess-open'].includes(error.code)) throw error
      return refuse('webhook-delivery-not-ended', {
        because: 'conflict',
        message: {
          en: 'Only what failed or was cancelled is sent again.',
          pt: 'Só o que falhou ou foi cancelado é enviado de novo.',
        },
      })
    }
  },
)

/** Vocabulary of webhooks that requests, responses, rules and pages share. Part of the browser's bundle. */
import { z } from 'zod'
import { count, id, instant, line, version } from '../../platform/http/fields.ts'

/** Events that may be subscribed to, by stored name. */
export const WEBHOOK_EVENTS = [
  'teacher.created',
  'student.created',
  'class-activity.created',
  'student-class-note.added',
  'classes.finalized',
  'charge.created',
  'charge.paid',
  'charge.refused',
] as const
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number]

export const NAME_LENGTH_MAX = 100
export const URL_LENGTH_MAX = 2_000
export const SUBSCRIPTIONS_MAX = 20

export const webhookFields = {
  name: line(NAME_LENGTH_MAX),
  url: line(URL_LENGTH_MAX).meta({ description: 'Absolute, https', example: 'https://hooks.example.org/academy' }),
  events: z
    .array(z.enum(WEBHOOK_EVENTS))
    .min(1)
    .transform((events) => [...new Set(events)]),
  active: z.boolean(),
}

export const webhook = z.object({
  id,
  name: z.string(),
  url: z.string(),
  events: z.array(z.string()),
  active: z.boolean(),
  goneAt: instant.nullable().meta({ description: 'When the endpoint answered 410, which ended the calls' }),
  previousSecretUntil: instant.nullable().meta({ description: 'Until then, two signatures are sent' }),
  createdAt: instant,
  version,
})

export const DELIVERY_STATUSES = ['sending', 'retrying', 'delivered', 'failed', 'cancelled'] as const
export const deliveryStatus = z.enum(DELIVERY_STATUSES)
export type DeliveryStatus = z.output<typeof deliveryStatus>

export const delivery = z.object({
  id: id.meta({ description: 'As in the header webhook-id, after "msg_"' }),
  eventType: z.string(),
  eventId: id,
  status: deliveryStatus,
  attempts: count,
  httpStatus: z.int().nullable().meta({ description: 'Of the latest attempt' }),
  nextAttemptAt: instant.nullable(),
  createdAt: instant,
})

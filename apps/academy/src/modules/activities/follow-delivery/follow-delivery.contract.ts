import { z } from 'zod'
import { endpoint } from '../../../platform/http/endpoint.ts'
import { count, id, instant } from '../../../platform/http/fields.ts'

export const EMAIL_STATES = ['waiting', 'sending', 'sent', 'retrying', 'failed', 'cancelled', 'unknown'] as const

/** Why an e-mail has not gone out, in words that a teacher understands. */
export const EMAIL_REASONS = [
  'address-refused',
  'message-refused',
  'service-busy',
  'service-down',
  'no-answer',
  'left-the-class',
  'no-address',
  'demonstration',
  'not-known',
] as const

const reason = z.object({
  code: z.enum(EMAIL_REASONS),
  text: z.string().meta({ description: "In the reader's language" }),
})

export const deliverySummary = z.object({
  activityId: id,
  workflowId: id,
  publishedAt: instant,
  /** preparing: notices are about to be made; sending; finished: all went out (or nobody to tell); incomplete: some failed for good. */
  state: z.enum(['preparing', 'sending', 'finished', 'incomplete']),
  inApp: z.object({ delivered: count, viewed: count, total: count }),
  emails: z.object({
    total: count,
    sent: count,
    waiting: count,
    sending: count,
    retrying: count,
    failed: count,
    cancelled: count,
    unknown: count,
  }),
  retries: z.object({ nextAt: instant.nullable(), reasons: z.array(reason.extend({ count })) }),
  failures: z.array(reason.extend({ count })),
  teacherTold: z
    .object({
      at: instant,
      outcome: z.enum(['all-sent', 'some-failed', 'nobody']),
      sent: count,
      total: count,
      text: z.string(),
    })
    .nullable(),
})

export const delivery = endpoint({
  path: 'GET /activities/:activityId/delivery',
  roles: ['teacher'],
  tag: 'activities',
  summary: {
    en: 'How the notices of an activity are going, by student',
    pt: 'Andamento dos avisos de uma atividade, por aluno',
  },
  params: z.object({ activityId: id }),
  response: deliverySummary.extend({
    students: z.array(
      z.object({
        studentId: id,
        name: z.string(),
        inAppAt: instant,
        viewedAt: instant.nullable(),
        email: z.enum(EMAIL_STATES),
        sentAt: instant.nullable(),
        failures: count,
        nextTryAt: instant.nullable(),
        reason: reason.nullable(),
      }),
    ),
  }),
})

/** `snapshot` at once and after each reconnection, then `delivery` whenever something moved. */
export const deliveryStream = endpoint({
  path: 'GET /activities/:activityId/delivery/stream',
  roles: ['teacher'],
  tag: 'activities',
  summary: { en: 'The same, live (server-sent events)', pt: 'O mesmo, ao vivo (server-sent events)' },
  params: z.object({ activityId: id }),
  response: deliverySummary,
  stream: { delivery: deliverySummary },
})

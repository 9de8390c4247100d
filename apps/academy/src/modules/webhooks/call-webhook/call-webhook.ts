/**
 * What happened is told to those who subscribed to it: event → one command a subscriber → a signed call, tried again over
 * three days. Receivers ignore a `webhook-id` that they have had, so an attempt without an answer is simply made again.
 */
import { cancel, done, type EffectContext, type EventContext, effect, on, retryIn } from 'cascata'
import type { OutboundResult } from '../../../platform/outbound/outbound.ts'
import { signWebhook } from '../../../platform/standard-webhooks/standard-webhooks.ts'
import { ClassActivityCreated } from '../../activities/class-activity.events.ts'
import { ClassesFinalized } from '../../classes/class.events.ts'
import { StudentClassNoteAdded } from '../../notes/student-class-note.events.ts'
import { ChargeCreated, ChargePaid, ChargeRefused } from '../../payments/charge.events.ts'
import { StudentCreated } from '../../students/student.events.ts'
import { TeacherCreated } from '../../teachers/teacher.events.ts'
import type { WebhookEvent } from '../webhook.fields.ts'
import { secretPlace } from '../webhook-subscription.queries.ts'
import { CallWebhook, RETRY_AFTER_MS } from './call-webhook.commands.ts'
import {
  beginDelivery,
  cancelDelivery,
  endAttempt,
  endpointIsGone,
  type LoggedAttempt,
  type Subscriber,
  subscribersOf,
  subscriberToCall,
} from './call-webhook.queries.ts'

// Event → one command for each subscriber.
export const onTeacherCreated = on(TeacherCreated, 'call-webhooks', (data, context) =>
  callSubscribers('teacher.created', data, context),
)
export const onStudentCreated = on(StudentCreated, 'call-webhooks', (data, context) =>
  callSubscribers('student.created', data, context),
)
export const onActivityCreated = on(ClassActivityCreated, 'call-webhooks', (data, context) =>
  callSubscribers('class-activity.created', data, context),
)
export const onNoteAdded = on(StudentClassNoteAdded, 'call-webhooks', (data, context) =>
  callSubscribers('student-class-note.added', data, context),
)
export const onClassesFinalized = on(ClassesFinalized, 'call-webhooks', (data, context) =>
  callSubscribers('classes.finalized', data, context),
)
export const onChargeCreated = on(ChargeCreated, 'call-webhooks', (data, context) =>
  callSubscribers('charge.created', data, context),
)
export const onChargePaid = on(ChargePaid, 'call-webhooks', (data, context) =>
  callSubscribers('charge.paid', data, context),
)
export const onChargeRefused = on(ChargeRefused, 'call-webhooks', (data, context) =>
  callSubscribers('charge.refused', data, context),
)

async function callSubscribers(type: WebhookEvent, data: Record<string, unknown>, context: EventContext) {
  const { tx, tenant, event } = context
  const subscriptionIds = await subscribersOf(tx, tenant, type)
  return subscriptionIds.map((subscriptionId) =>
    CallWebhook({ subscriptionId, eventId: event.id, type, occurredAt: event.occurredAt.toISOString(), data }),
  )
}

// Command → one attempt.
export const callWebhook = effect(CallWebhook, async (order, context) => {
  const { tenant, key, command, outbound, signal, now } = context
  const { subscriptionId, type, occurredAt, data } = order
  const subscriber = await subscriberToCall(context.db, tenant, subscriptionId)
  if (!subscriber) return cancel('There is no such subscription.')
  await beginDelivery(context, order)
  if (!subscriber.active) {
    await cancelDelivery(context, subscriptionId)
    return cancel('The subscription is not active.')
  }
  const body = JSON.stringify({ type, timestamp: occurredAt, data })
  const secrets = secretsOf(subscriber, subscriptionId, context)
  const signed = signWebhook({ id: `msg_${key}`, at: now(), payload: body }, secrets)
  const headers = { 'content-type': 'application/json', 'user-agent': 'Cascata-Webhooks/1.0', ...signed }
  const callers = subscriber.demo ? outbound.publicOnly : outbound
  const result = await callers.post({ url: subscriber.url, headers, body, signal })
  signal.throwIfAborted() // the daemon stops: no failure of the receiver's, and no attempt that counts

  const attempt = logged(result)
  if (succeeded(result)) {
    await endAttempt(context, subscriptionId, attempt, { status: 'delivered' })
    return done()
  }
  if (attempt.httpStatus === 410) {
    await endAttempt(context, subscriptionId, attempt, { status: 'cancelled' })
    await endpointIsGone(context, subscriptionId)
    return cancel('The endpoint is gone (410); the subscription is no longer active.')
  }
  const asked = result.kind === 'answered' ? (result.retryAfterMs ?? 0) : 0
  const delayMs = Math.max(asked, scheduled(command.failures))
  const last = command.failures + 1 >= CallWebhook.retry.attempts
  const nextAttemptAt = new Date(now().getTime() + delayMs)
  await endAttempt(
    context,
    subscriptionId,
    attempt,
    last ? { status: 'failed' } : { status: 'retrying', nextAttemptAt },
  )
  return retryIn(delayMs, attempt.reason ?? `It answered ${attempt.httpStatus}.`)
})

/** The one that is valid, and for a day after a change the one before it. */
function secretsOf(subscriber: Subscriber, id: string, { secretBox, tenant, now }: EffectContext): string[] {
  const { secret, previous_secret: previous, previous_secret_until: until } = subscriber
  const sealed = previous && until && until > now() ? [secret, previous] : [secret]
  return sealed.map((each) => secretBox.open(each, secretPlace(tenant, id)))
}

const succeeded = (result: OutboundResult) => result.kind === 'answered' && result.status >= 200 && result.status < 300

function logged(result: OutboundResult): LoggedAttempt {
  return result.kind === 'answered'
    ? { httpStatus: result.status, ms: result.ms, reason: null, response: result.excerpt }
    : { httpStatus: null, ms: result.ms, reason: result.reason, response: null }
}

/** Up to a tenth later than the schedule says, so that those who failed together do not come back together. */
function scheduled(failures: number): number {
  const base = RETRY_AFTER_MS[Math.min(failures, RETRY_AFTER_MS.length - 1)] ?? 0
  return Math.round(base * (1 + Math.random() / 10))
}

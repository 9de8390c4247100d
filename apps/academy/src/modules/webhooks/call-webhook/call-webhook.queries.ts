/** The delivery log, kept by the command that makes the calls. */
import type { EffectContext, Tx } from 'cascata'
import type { DeliveryStatus } from '../webhook.fields.ts'

export async function subscribersOf(tx: Tx, tenant: string, eventType: string): Promise<string[]> {
  const { rows } = await tx.query<{ id: string }>(
    `select id from academy.webhook_subscriptions
     where institution_id = $1 and active and $2 = any(events) order by id`,
    [tenant, eventType],
  )
  return rows.map(({ id }) => id)
}

export type Subscriber = {
  url: string
  /** The institution is a demonstration: nobody knows who made it. */
  demo: boolean
  active: boolean
  secret: string
  previous_secret: string | null
  previous_secret_until: Date | null
}

export async function subscriberToCall(db: Tx, tenant: string, id: string): Promise<Subscriber | undefined> {
  const { rows } = await db.query<Subscriber>(
    `select s.url, s.active, s.secret, s.previous_secret, s.previous_secret_until, i.demo_data is not null as demo
     from academy.webhook_subscriptions s join academy.institutions i on i.id = s.institution_id
     where s.institution_id = $1 and s.id = $2`,
    [tenant, id],
  )
  return rows[0]
}

type About = { subscriptionId: string; eventId: string; type: string }

/** The delivery's row, from its first attempt on. A copy made by "send again" takes over the row of its original. */
export async function beginDelivery({ db, tenant, key, command }: EffectContext, about: About): Promise<void> {
  await db.query(
    `insert into academy.webhook_deliveries (institution_id, subscription_id, id, command_id, event_id, event_type, status)
     values ($1, $2, $3, $4, $5, $6, 'sending')
     on conflict (institution_id, subscription_id, id)
     do update set status = 'sending', command_id = excluded.command_id, next_attempt_at = null, updated_at = now()`,
    [tenant, about.subscriptionId, key, command.id, about.eventId, about.type],
  )
}

export type LoggedAttempt = {
  httpStatus: number | null
  ms: number
  reason: string | null
  response: string | null
}

/** One statement, so that the count and the attempts agree. */
export async function endAttempt(
  { db, tenant, key }: EffectContext,
  subscriptionId: string,
  attempt: LoggedAttempt,
  then: { status: DeliveryStatus; nextAttemptAt?: Date },
): Promise<void> {
  await db.query(
    `with delivery as (
       update academy.webhook_deliveries
       set status = $4, attempts = attempts + 1, next_attempt_at = $5, updated_at = now()
       where institution_id = $1 and subscription_id = $2 and id = $3
       returning attempts
     )
     insert into academy.webhook_attempts (institution_id, subscription_id, delivery_id, number, http_status, ms, reason, response)
     select $1, $2, $3, attempts, $6, $7, $8, $9 from delivery`,
    [
      tenant,
      subscriptionId,
      key,
      then.status,
      then.nextAttemptAt ?? null,
      attempt.httpStatus,
      attempt.ms,
      attempt.reason,
      attempt.response,
    ],
  )
}

export async function cancelDelivery({ db, tenant, key }: EffectContext, subscriptionId: string): Promise<void> {
  await db.query(
    `update academy.webhook_deliveries set status = 'cancelled', next_attempt_at = null, updated_at = now()
     where institution_id = $1 and subscription_id = $2 and id = $3`,
    [tenant, subscriptionId, key],
  )
}

/** The endpoint wants no more calls. */
export async function endpointIsGone({ db, tenant }: EffectContext, subscriptionId: string): Promise<void> {
  await db.query(
    `update academy.webhook_subscriptions set active = false, gone_at = now(), version = version + 1
     where institution_id = $1 and id = $2 and active`,
    [tenant, subscriptionId],
  )
}

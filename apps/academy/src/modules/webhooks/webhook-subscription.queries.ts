import type { Tx } from 'cascata'
import { type WebhookColumns, WebhookSubscription } from './webhook-subscription.ts'

/** For a change: its row is locked until the transaction ends. Undefined when the institution has no such webhook. */
export async function lockSubscription(
  tx: Tx,
  institutionId: string,
  id: string,
): Promise<WebhookSubscription | undefined> {
  const { rows } = await tx.query<WebhookColumns>(
    `select id, name, url, events, active, gone_at, secret, previous_secret, previous_secret_until, created_by, version
     from academy.webhook_subscriptions where institution_id = $1 and id = $2 for no key update`,
    [institutionId, id],
  )
  return rows[0] && new WebhookSubscription(institutionId, rows[0])
}

export async function countSubscriptions(tx: Tx, institutionId: string): Promise<number> {
  const { rows } = await tx.query<{ existing: number }>(
    'select count(*)::int as existing from academy.webhook_subscriptions where institution_id = $1',
    [institutionId],
  )
  return rows[0]?.existing ?? 0
}

/** Where a secret lies, for the box that seals it. One that has become the previous one opens as before. */
export const secretPlace = (tenant: string, id: string) => ({
  tenant,
  table: 'webhook_subscriptions',
  id,
  column: 'secret',
})

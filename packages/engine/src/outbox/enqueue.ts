import type { CommandValue } from '../commands/command.ts'
import { addNext, alikeCommands, emptyNext, memberJson, nextText } from '../commands/next-json.ts'
import type { NextList } from '../commands/outcome.ts'
import { checkedUuid, SINGLE_TENANT } from '../definitions/uuid.ts'
import { CascataError } from '../errors.ts'
import { refusal } from '../postgres/refusal.ts'
import { asTx, type TxHandle } from '../postgres/tx.ts'

/**
 * Saves commands and batches in the caller's transaction, without an event before them: each is the root of a lineage.
 * Prefer an event where something happened; this is for an operator's button, a script, a schedule.
 * @returns their ids, in order.
 * @throws CascataError `not-a-transaction`, `tenant-mismatch`, `clock-skew`, `not-a-part`, `bad-option`.
 */
export async function enqueue(tx: TxHandle, next: NextList, options: { tenant?: string } = {}): Promise<string[]> {
  const alike = alikeCommands(next)
  if (alike) {
    const { first, ids, data } = alike
    const values = [first.name, first.lane, first.priority, first.delayMs, `{${ids.join(',')}}`, data]
    await call(tx, `select cascata.enqueue_alike($1, $2, $3, $4, $5, $6, $7)`, [tenantOf(options), ...values])
    return ids
  }
  const json = emptyNext()
  addNext(json, next, { kind: 'direct' }, () => true)
  const text = nextText(json)
  if (text !== null) await call(tx, `select cascata.enqueue($1, $2)`, [tenantOf(options), text])
  return json.ids
}

/**
 * Adds members to a batch that was created with `.open()`.
 * @throws CascataError `batch-sealed`, `not-found`, and as {@link enqueue}.
 */
export async function addToBatch(
  tx: TxHandle,
  batchId: string,
  members: readonly CommandValue[],
  options: { tenant?: string } = {},
): Promise<string[]> {
  const tenant = tenantOf(options)
  const found = await call<{ root_id: string; origin: string; origin_id: string | null; handler: string | null }>(
    tx,
    `select root_id, origin, origin_id, handler from cascata.batches where tenant = $1 and id = $2`,
    [tenant, checkedUuid('batch', batchId)],
  )
  const batch = found[0]
  if (!batch) throw new CascataError('not-found', `No batch ${batchId}.`, { fix: 'check the id and the tenant.' })
  const eventId = batch.origin === 'event' ? batch.origin_id : null
  const json = memberJson(members, {
    id: batchId,
    rootId: batch.root_id,
    origin: batch.origin,
    originId: batch.origin_id,
    handler: batch.handler,
    eventId,
  })
  const text = nextText(json)
  if (text !== null) await call(tx, `select cascata.add_to_batch($1, $2, $3)`, [tenant, batchId, text])
  return json.ids
}

/** No more members: the batch settles when those that it has are finished. @throws CascataError `not-found`. */
export async function sealBatch(tx: TxHandle, batchId: string, options: { tenant?: string } = {}): Promise<void> {
  await call(tx, `select cascata.seal_batch($1, $2)`, [tenantOf(options), checkedUuid('batch', batchId)])
}

async function call<R>(tx: TxHandle, text: string, values: unknown[]): Promise<R[]> {
  try {
    return (await asTx(tx).query<R>(text, values)).rows
  } catch (error) {
    throw refusal(error)
  }
}

function tenantOf({ tenant }: { tenant?: string }): string {
  return tenant === undefined ? SINGLE_TENANT : checkedUuid('tenant', tenant)
}

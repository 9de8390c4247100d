import type { CommandValue } from '../commands/command.ts'
import {
  type AlikeCommands,
  addingMembers,
  addingNext,
  alikePieces,
  checkMembers,
  emptyNext,
  firstOfAlike,
  isPiece,
  isTooMuch,
  type NextJson,
  RETURN_MAX,
  takeText,
} from '../commands/next-json.ts'
import type { NextList } from '../commands/outcome.ts'
import { checkedUuid, SINGLE_TENANT, uuidv7 } from '../definitions/uuid.ts'
import { CascataError } from '../errors.ts'
import { traceIn } from '../postgres/carried-trace.ts'
import { refusal } from '../postgres/refusal.ts'
import { asTx, type TxHandle } from '../postgres/tx.ts'

export interface EnqueueOptions {
  tenant?: string
  /** W3C traceparent of the request. Default: of the event or command whose handler enqueues through its own `tx` or `db`. */
  trace?: string
}

/**
 * Saves commands and batches in the caller's transaction, without an event before them: each is the root of a lineage.
 * Prefer an event where something happened; this is for an operator's button, a script, a schedule.
 * However many they are, they are sent in pieces, of which your transaction saves all or none.
 * @returns their ids, in order.
 * @throws CascataError `not-a-transaction`, `tenant-mismatch`, `clock-skew`, `not-a-part`, `bad-option`.
 */
export async function enqueue(tx: TxHandle, next: NextList, options: EnqueueOptions = {}): Promise<string[]> {
  const tenant = tenantOf(options)
  const trace = traceIn(tx, 'The trace', options.trace)
  const first = firstOfAlike(next)
  const json = emptyNext()
  if (first) {
    const { name, lane, priority, delayMs } = first
    for (const { ids, data } of await piecesOfAlike(tx, next)) {
      const values = [tenant, name, lane, priority, delayMs, `{${ids.join(',')}}`, data, trace]
      await call(tx, `select cascata.enqueue_alike($1, $2, $3, $4, $5, $6, $7, $8)`, values)
      for (const id of ids) json.ids.push(id)
    }
    return json.ids
  }
  await inPieces(
    tx,
    json,
    addingNext(json, next, { kind: 'direct', trace }, () => true),
    async (text) => {
      await call(tx, `select cascata.enqueue($1, $2)`, [tenant, text])
    },
  )
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
  checkMembers(members)
  const found = await call<{ root_id: string; origin: string; origin_id: string | null; handler: string | null }>(
    tx,
    `select root_id, origin, origin_id, handler from cascata.batches where tenant = $1 and id = $2`,
    [tenant, checkedUuid('batch', batchId)],
  )
  const batch = found[0]
  if (!batch) throw new CascataError('not-found', `No batch ${batchId}.`, { fix: 'check the id and the tenant.' })
  const eventId = batch.origin === 'event' ? batch.origin_id : null
  const json = emptyNext()
  const origin = { id: batchId, rootId: batch.root_id, origin: batch.origin, originId: batch.origin_id }
  const parts = addingMembers(json, members, { ...origin, handler: batch.handler, eventId })
  await inPieces(tx, json, parts, async (text) => {
    await call(tx, `select cascata.add_to_batch($1, $2, $3)`, [tenant, batchId, text])
  })
  return json.ids
}

/**
 * No more members: the batch settles when those that it has are finished. Anybody may seal it, and more than once.
 * @throws CascataError `not-found`.
 */
export async function sealBatch(tx: TxHandle, batchId: string, options: { tenant?: string } = {}): Promise<void> {
  await call(tx, `select cascata.seal_batch($1, $2)`, [tenantOf(options), checkedUuid('batch', batchId)])
}

/**
 * Sends what is added as often as there is a piece of it. Outside of a transaction pieces would be saved one by one, and a
 * batch could end before its last member is there: all goes in one statement then, or is refused.
 */
async function inPieces(
  tx: TxHandle,
  json: NextJson,
  parts: Iterable<void>,
  send: (text: string) => Promise<void>,
): Promise<void> {
  let mayDivide: boolean | undefined
  for (const _ of parts) {
    if (!isPiece(json)) continue
    mayDivide ??= await isTransaction(tx)
    if (mayDivide) await send(takeText(json) as string)
    else if (isTooMuch(json)) throw tooMuch()
  }
  const rest = takeText(json)
  if (rest !== null) await send(rest)
}

async function piecesOfAlike(tx: TxHandle, list: NextList): Promise<Iterable<AlikeCommands>> {
  const pieces = alikePieces(list)
  const first = pieces.next()
  const second = pieces.next()
  if (first.done) return []
  if (second.done) return [first.value]
  if (await isTransaction(tx)) return joined([first.value, second.value], pieces)
  const [whole, ...more] = alikePieces(list, RETURN_MAX)
  if (whole && more.length === 0) return [whole]
  throw tooMuch()
}

function* joined<T>(first: Iterable<T>, rest: Iterable<T>): Generator<T> {
  yield* first
  yield* rest
}

async function isTransaction(tx: TxHandle): Promise<boolean> {
  const mark = uuidv7()
  await call(tx, `select pg_catalog.set_config('cascata.enqueue', $1, true)`, [mark])
  const [row] = await call<{ mark: string | null }>(
    tx,
    `select pg_catalog.current_setting('cascata.enqueue', true) as mark`,
    [],
  )
  return row?.mark === mark
}

function tooMuch(): CascataError {
  const { commands, characters } = RETURN_MAX
  return new CascataError(
    'data-too-large',
    'This is too much for one statement, and there is no transaction around it.',
    {
      why: `Without a transaction at most ${commands} commands and ${characters} characters of JSON are enqueued at once.`,
      fix: 'begin a transaction first: in one there may be any number.',
    },
  )
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

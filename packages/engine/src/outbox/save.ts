import { storableText } from '../definitions/encode.ts'
import { checkedUuid } from '../definitions/uuid.ts'
import { CascataError, hasCode } from '../errors.ts'
import { traceIn } from '../postgres/carried-trace.ts'
import { refusal } from '../postgres/refusal.ts'
import { asTx, type TxHandle } from '../postgres/tx.ts'
import type { Emission, Entity, EntityRow } from './entity.ts'

export interface SaveOptions {
  /** Who did it: the id of a user, never a name. */
  actor?: string
  /** W3C traceparent of the request. Default: of the event or command whose handler saves through its own `tx` or `db`. */
  trace?: string
}

/**
 * Writes the entity's row and its events in the caller's transaction, in one round trip. Both commit, or neither.
 * Inside a handler the events' lineage (root and command) is taken from the transaction.
 *
 * A transaction that was rolled back, wholly or to a savepoint, may be repeated with the same object: events that are not in
 * the database are written again, with the ids that they had, and those that are there stay as they are.
 * @returns the ids of the events that are saved with the row, in the order in which they were emitted: also of those that an
 * earlier save handed over, unless one before this has found them committed.
 * @throws CascataError `stale-entity` (also for events that were handed over a day ago and are not there), `unsaved-entity`,
 * `clock-skew`, `tenant-mismatch`, `not-a-transaction`,
 * `bad-option` for a tenant that is no UUID, `not-json` for a text that PostgreSQL cannot hold.
 */
export async function save(tx: TxHandle, entity: Entity, options: SaveOptions = {}): Promise<string[]> {
  const tenant = checkedUuid(`The tenant of ${entity.entityType}`, entity.tenant)
  const text = (name: string, value: unknown) => storableText(`${name} of ${entity.entityType}`, value)
  const orNull = (name: string, value: unknown) => (value === undefined || value === null ? null : text(name, value))
  const written = upsert(entity.row(), entity)
  const origin = {
    entity_type: text('The type', entity.entityType),
    entity_id: text('The id', entity.id),
    actor: orNull('The actor', options.actor),
    trace: traceIn(tx, `The trace of ${entity.entityType}`, options.trace),
  }
  const transaction = asTx(tx)
  const events = [...entity.takeEmissions()]
  const fresh = events.filter(({ sent }) => !sent)
  const emission = emit(tenant, events, origin, written.values.length)
  const values = [...written.values, ...emission.values]
  // The events are emitted from the rows that were written, so a stale entity emits nothing.
  const ids = events.map(({ id }) => id)
  const sql =
    events.length === 0
      ? `${written.text} returning 1`
      : `with saved as (${written.text} returning 1)
         select ${emission.text} as committed from (select count(*) as n from saved) s where s.n = 1`
  for (const event of fresh) event.sent = true // before it is awaited: whatever becomes of this, the database may have them
  const result = await transaction.query<{ committed?: string | null }>(sql, values).catch((thrown: unknown) => {
    const error = refusal(thrown)
    // Refused for their ids alone: they get others, once the clock is right.
    if (hasCode(error, 'clock-skew')) for (const event of fresh) Object.assign(event, { id: undefined, sent: false })
    throw error
  })
  if (result.rows.length !== 1) {
    throw new CascataError('stale-entity', `${entity.entityType} ${entity.id} was not saved.`, {
      fix: 'load it again, repeat the decision, and save.',
    })
  }
  for (const event of events) event.saved = true
  const committed = result.rows[0]?.committed
  if (committed) entity.forgetEmissions(new Set(committed.split(',')))
  return ids
}

/** The call that emits them, of parameters behind the first `taken`: one event as it is, several as JSON. */
function emit(
  tenant: string,
  events: readonly (Emission & { id: string })[],
  origin: Record<'entity_type' | 'entity_id' | 'actor' | 'trace', string | null>,
  taken: number,
): { text: string; values: unknown[] } {
  const [first, second] = events
  if (!first) return { text: '', values: [] }
  const again = events.some(({ sent }) => sent)
  if (!second && !again) {
    const { entity_type, entity_id, actor, trace } = origin
    const values = [tenant, first.id, first.event.name, first.event.json, entity_type, entity_id, actor, trace]
    return { text: `cascata.emit_one(${values.map((_, i) => `$${taken + i + 1}`).join(', ')})`, values }
  }
  const rest = JSON.stringify(origin).slice(1)
  const list = events.map(
    ({ id, event, sent }) =>
      `{${sent ? '"again":true,' : ''}"id":"${id}","tenant":"${tenant}","type":"${event.name}","data":${event.json},${rest}`,
  )
  const json = `[${list.join(',')}]`
  if (again) return { text: `cascata.emit_again($${taken + 1}, $${taken + 2})`, values: [tenant, json] }
  return { text: `cascata.emit($${taken + 1})`, values: [json] }
}

function upsert(row: EntityRow, entity: Entity): { text: string; values: unknown[] } {
  const key = Object.entries(row?.key ?? {})
  const rest = Object.entries(row?.values ?? {})
  if (!row?.table || key.length === 0) {
    throw new CascataError('unsaved-entity', `row() of ${entity.entityType} names no table or no key.`, {
      fix: 'return { table, key: { … }, values: { … } } from row().',
    })
  }
  const name = (column: string) => `"${column.replaceAll('"', '""')}"`
  const values = [...key, ...rest].map(([, value]) => value)
  const columns = [...key, ...rest].map(([column]) => name(column))
  const at = (i: number) => `$${i + 1}`
  const conflict = key.map(([column]) => name(column)).join(', ')
  const assign = rest.map(([column], i) => `${name(column)} = ${at(key.length + i)}`)
  if (row.version === undefined) {
    const action =
      assign.length === 0
        ? `do update set ${conflict.split(', ')[0]} = excluded.${conflict.split(', ')[0]}`
        : `do update set ${assign.join(', ')}`
    return {
      text: `insert into ${row.table} (${columns.join(', ')}) values (${values.map((_, i) => at(i)).join(', ')})
             on conflict (${conflict}) ${action}`,
      values,
    }
  }
  if (row.version === 0) {
    return {
      text: `insert into ${row.table} (${columns.join(', ')}, version)
             values (${values.map((_, i) => at(i)).join(', ')}, 1) on conflict (${conflict}) do nothing`,
      values,
    }
  }
  const match = key.map(([column], i) => `${name(column)} = ${at(i)}`)
  return {
    text: `update ${row.table} set ${[...assign, 'version = version + 1'].join(', ')}
           where ${match.join(' and ')} and version = ${at(values.length)}`,
    values: [...values, row.version],
  }
}

import type { EventStatus, getEvent, ResponseOf } from '../../contract/index.ts'
import { commandSources } from '../commands/command-keys.ts'
import { commandItems } from '../commands/command-rows.ts'
import { find } from '../find.ts'
import { showId } from '../ids.ts'
import { keyPage } from '../keyset.ts'
import type { Names } from '../names.ts'
import type { Reader } from '../read.ts'
import { errorOf, iso, type RunRow, runOf } from '../recorded.ts'
import { type RefRow, refOrNull, SQL } from '../refs.ts'
import { eventItems } from './event-rows.ts'

type Response = ResponseOf<typeof getEvent>
type Handling = RunRow<'success' | 'error' | 'lost' | 'released'> & { handler: string }

/** What is listed on the page itself. */
const LISTED = 50

export async function eventDetails(db: Reader, names: Names, id: string): Promise<Response> {
  const key = await find(db, 'event', id)
  const [item] = await eventItems(db, names, [key])
  const fact = await db.row<{
    root_id: string
    actor: string | null
    trace: string | null
    command_id: string | null
    occurred_at: Date
    json: string
    bytes: number
  }>(
    `select root_id, actor, trace, command_id, occurred_at, data::text as json, octet_length(data::text) as bytes
     from cascata.events where tenant = $1 and id = $2`,
    [key.tenant, key.id],
  )
  if (!item || !fact) throw new Error(`Event ${id} was there a moment ago.`)
  const handlers = await handlersOf(db, key)
  const started = await db.row<{ at: Date | null }>(
    'select min(started_at) as at from cascata.event_handlings where tenant = $1 and event_id = $2',
    [key.tenant, key.id],
  )
  const commands = await keyPage(
    db,
    {
      tenant: key.tenant,
      from: undefined,
      to: undefined,
      cursor: { direction: 'newer', id: ZERO, tenant: ZERO },
      limit: LISTED,
    },
    'command',
    commandSources({ event: key.id }),
  )
  const batches = await db.rows<RefRow & { size: number }>(
    `select r.*, b.size from (${SQL.batch} where b.tenant = $1 and b.origin_id = $2 and b.origin = 'event') r
     join cascata.batches b on b.tenant = $1 and b.id = r.id order by r.id limit ${LISTED}`,
    [key.tenant, key.id],
  )
  const { error: _, ...shown } = item
  return {
    ...shown,
    rootId: fact.root_id,
    actor: fact.actor === null ? null : { id: fact.actor, name: await names.author(fact.actor) },
    trace: fact.trace,
    data: { json: fact.json, bytes: fact.bytes },
    waitMs: started?.at ? Math.max(0, started.at.getTime() - fact.occurred_at.getTime()) : null,
    emittedBy: await refOrNull(db, names, 'command', key.tenant, fact.command_id),
    handlers,
    enqueued: {
      // Asked for from the oldest on: a page towards newer ones is given newest first.
      items: (await commandItems(db, names, commands.keys)).reverse(),
      more: commands.previous !== null,
    },
    batches: batches.map((row) => ({
      ...names.ref('batch', row.id, row.type, row.status),
      status: row.status as Response['batches'][number]['status'],
      size: row.size,
      createdAt: row.at.toISOString(),
    })),
    sameEntity: (await sameEntity(db, key, item.entity)).map((row) => ({
      id: showId('event', row.id),
      ...names.typed('event', row.type),
      status: row.status as EventStatus,
      occurredAt: row.at.toISOString(),
    })),
  }
}

const ZERO = '00000000-0000-0000-0000-000000000000'

async function handlersOf(db: Reader, key: { tenant: string; id: string }): Promise<Response['handlers']> {
  const runs = await db.rows<Handling>(
    `select handler, claim_no, outcome, final, started_at, ended_at, ms, error_class, error, left(stack, 20000) as stack, next_at,
       next_why, daemon_id
     from cascata.event_handlings where tenant = $1 and event_id = $2 order by handler, claim_no desc limit 1000`,
    [key.tenant, key.id],
  )
  const queued = await db.rows<{ handler: string; state: string; failures: number; run_at: Date | null }>(
    `select handler, state, failures, run_at from cascata.event_queue
     where tenant = $1 and event_id = $2`,
    [key.tenant, key.id],
  )
  // An event that is still wholly unprocessed is queued without naming its handlers: those who will hear it.
  const expected = queued.some((row) => row.handler === '')
    ? await db.rows<{ handler: string }>(
        `select s.handler from cascata.subscriptions s join cascata.events e on e.type = s.event_type
         where e.tenant = $1 and e.id = $2 and s.ended_at is null`,
        [key.tenant, key.id],
      )
    : []
  const handlers = new Set([...runs, ...queued, ...expected].map((row) => row.handler))
  if (handlers.size > 1) handlers.delete('')
  const whole = queued.find((row) => row.handler === '')
  return [...handlers].sort().map((handler) => {
    const own = runs.filter((run) => run.handler === handler)
    const waiting = queued.find((row) => row.handler === handler) ?? (own.some((run) => run.final) ? undefined : whole)
    const final = own.find((run) => run.final)
    const parked = waiting?.state === 'parked' || waiting?.state === 'absent'
    const state = parked ? 'pending' : waiting?.state
    return {
      handler,
      status: (state ?? (final?.outcome === 'error' ? 'error' : 'success')) as EventStatus,
      parked,
      ms: own.length > 0 ? own.reduce((sum, run) => sum + run.ms, 0) : null,
      failures: waiting?.failures ?? own.filter((run) => run.outcome === 'error').length,
      nextAt: iso(waiting?.run_at),
      error: final?.outcome === 'success' ? null : errorOf(own.find((run) => run.error !== null)),
      runs: own.slice(0, LISTED).map(runOf),
    }
  })
}

/** What happened to the same entity before and after. */
async function sameEntity(
  db: Reader,
  key: { tenant: string; id: string },
  entity: { type: string; id: string },
): Promise<RefRow[]> {
  const where = `e.tenant = $1 and e.entity_type = $2 and e.entity_id = $3`
  const rows = await db.rows<RefRow>(
    `(${SQL.event} where ${where} and e.id > $4 order by e.id limit 5)
     union all (${SQL.event} where ${where} and e.id < $4 order by e.id desc limit 5) order by id desc`,
    [key.tenant, entity.type, entity.id, key.id],
  )
  return rows
}

import { type BatchStatus, type getCommand, LANES, type OriginKind, type ResponseOf } from '../../contract/index.ts'
import { batchItems } from '../batches/batch-rows.ts'
import { find } from '../find.ts'
import { notBefore, showId } from '../ids.ts'
import { type Key, keyPage } from '../keyset.ts'
import type { Names } from '../names.ts'
import type { Reader } from '../read.ts'
import { errorOf, iso, type RunRow, runOf } from '../recorded.ts'
import { type RefRow, refOf, SQL } from '../refs.ts'
import type { Person } from '../route.ts'
import { type CommandFilters, commandSources } from './command-keys.ts'
import { commandItems } from './command-rows.ts'
import { latestOf, refusalOf } from './latest-copy.ts'

type Response = ResponseOf<typeof getCommand>
type AttemptRow = RunRow<Response['attempts'][number]['outcome']> & { host: string | null }

const LISTED = 50
const ATTEMPTS_LISTED = 100
/** Members up to which the place in the batch is counted. */
const PLACES = 10_000
const ZERO = '00000000-0000-0000-0000-000000000000'

interface Fact {
  root_id: string
  run_at: Date | null
  created_at: Date
  lane: number
  priority: number
  origin: OriginKind
  origin_id: string | null
  handler: string | null
  batch_id: string | null
  author: string | null
  reason: string | null
  json: string
  bytes: number
  state: string | null
  claimed_by: string | null
  host: string | null
  pid: number | null
  released_at: Date | null
}

const FACT = `
  select c.root_id, c.run_at, c.created_at, c.lane, c.priority, c.origin, c.origin_id, c.handler, c.batch_id, c.author, c.reason,
    c.data::text as json, octet_length(c.data::text) as bytes, q.state, q.claimed_by, d.host, d.pid,
    case when c.origin = 'batch' then (select b.released_at from cascata.batches b where b.tenant = c.tenant and b.id = c.origin_id) end
      as released_at
  from cascata.commands c
  left join cascata.command_queue q on q.tenant = c.tenant and q.id = c.id
  left join cascata.daemons d on d.id = q.claimed_by
  where c.tenant = $1 and c.id = $2`

const ATTEMPTS = `
  select a.claim_no, a.outcome, a.final, a.started_at, a.ended_at, a.ms, a.error_class, a.error, left(a.stack, 20000) as stack,
    a.next_at, a.next_why, a.daemon_id, d.host
  from cascata.attempts a left join cascata.daemons d on d.id = a.daemon_id
  where a.tenant = $1 and a.command_id = $2 order by a.claim_no desc limit ${ATTEMPTS_LISTED}`

export async function commandDetails(db: Reader, names: Names, id: string, by: Person): Promise<Response> {
  const key = await find(db, 'command', id)
  const { tenant } = key
  const [item] = await commandItems(db, names, [key])
  const fact = await db.row<Fact>(FACT, [tenant, key.id])
  if (!item || !fact) throw new Error(`Command ${id} was there a moment ago.`)
  const attempts = await db.rows<AttemptRow>(ATTEMPTS, [tenant, key.id])
  const counted = await db.row<{ n: number; started_at: Date | null }>(
    'select count(*)::integer as n, min(started_at) as started_at from cascata.attempts where tenant = $1 and command_id = $2',
    [tenant, key.id],
  )
  const latest = await latestOf(db, tenant, key.id)
  const refused = refusalOf(latest)
  const started = counted?.started_at ?? null
  // What waits for its batch could run only from the release on.
  const couldRun = Math.max(fact.created_at.getTime(), fact.run_at?.getTime() ?? 0, fact.released_at?.getTime() ?? 0)
  const { error: _, origin: __, ...shown } = item
  return {
    ...shown,
    rootId: fact.root_id,
    notBefore: iso(fact.run_at),
    firstStartedAt: iso(started),
    pickedAt: iso(attempts[0]?.started_at),
    waitMs: started ? Math.max(0, started.getTime() - couldRun) : null,
    lane: LANES[fact.lane] ?? 'default',
    priority: fact.priority,
    data: { json: fact.json, bytes: fact.bytes },
    error: item.status === 'success' ? null : errorOf(attempts.find((attempt) => attempt.error !== null)),
    attempts: attempts.map((attempt) => ({ ...runOf(attempt), daemonHost: attempt.host })),
    attemptsInAll: counted?.n ?? 0,
    claimedBy: fact.claimed_by === null ? null : { daemonId: fact.claimed_by, host: fact.host, pid: fact.pid },
    parked: fact.state === 'parked',
    retry: retryOf(names, item.type),
    origin: await originOf(db, names, tenant, fact),
    batch: fact.batch_id === null ? null : await batchOf(db, names, { tenant, id: fact.batch_id }, key.id),
    reprocess:
      by.role === 'viewer'
        ? { allowed: false, reason: 'wrong-role', copy: null }
        : refused === undefined
          ? { allowed: true }
          : {
              allowed: false,
              reason: refused,
              copy: latest.id === latest.original ? null : names.ref('command', latest.id, item.type, latest.status),
            },
    latest: showId('command', latest.id),
    reprocessings: await listed(db, names, tenant, { original: key.id }),
    subcommands: await listed(db, names, tenant, { parent: key.id }),
    batches: await batchesOf(db, names, key),
    events: await eventsOf(db, names, key),
    effects: await effectsOf(db, key),
  }
}

function retryOf({ app }: Names, type: string): Response['retry'] {
  const definition = app?.commands.get(type)
  if (!definition) return null
  const { attempts, backoff, baseMs, capMs, jitter } = definition.retry
  return { attempts, backoff, baseMs, capMs, jitter, timeoutMs: definition.timeoutMs }
}

async function originOf(db: Reader, names: Names, tenant: string, fact: Fact): Promise<Response['origin']> {
  const id = fact.origin_id ?? ''
  switch (fact.origin) {
    case 'event':
      return { kind: 'event', event: await refOf(db, names, 'event', tenant, id), handler: fact.handler ?? '' }
    case 'command':
      return { kind: 'command', command: await refOf(db, names, 'command', tenant, id) }
    case 'reprocess':
      return {
        kind: 'reprocess',
        original: await refOf(db, names, 'command', tenant, id),
        author: fact.author ?? '',
        authorName: fact.author === null ? null : await names.author(fact.author),
        reason: fact.reason ?? '',
      }
    case 'batch':
      return { kind: 'batch', batch: await refOf(db, names, 'batch', tenant, id), releasedAt: iso(fact.released_at) }
    case 'batch-failure':
      return { kind: 'batch-failure', batch: await refOf(db, names, 'batch', tenant, id) }
    default:
      return { kind: fact.origin }
  }
}

async function batchOf(db: Reader, names: Names, batch: Key, member: string): Promise<Response['batch']> {
  const [item] = await batchItems(db, names, [batch])
  if (!item) return null
  const place = await db.row<{ place: number | null }>(
    `select case when count(*) <= ${PLACES} and bool_or(id = $3) then count(*)::integer end as place from (
       select id from cascata.commands where tenant = $1 and batch_id = $2 and id >= $4 and id <= $3 and origin <> 'reprocess'
       order by id limit ${PLACES + 1}) x`,
    [batch.tenant, batch.id, member, notBefore(batch.id)],
  )
  const { id, type, label, status, size, done, failed } = item
  return { kind: 'batch', id, type, label, status, size, done, failed, position: place?.place ?? null }
}

async function listed(
  db: Reader,
  names: Names,
  tenant: string,
  filters: CommandFilters,
): Promise<Response['subcommands']> {
  const oldestFirst = { direction: 'newer', id: ZERO, tenant: ZERO } as const
  const page = await keyPage(
    db,
    { tenant, from: undefined, to: undefined, cursor: oldestFirst, limit: LISTED },
    'command',
    commandSources(filters),
  )
  return { items: (await commandItems(db, names, page.keys)).reverse(), more: page.previous !== null }
}

async function batchesOf(db: Reader, names: Names, key: Key): Promise<Response['batches']> {
  const rows = await db.rows<RefRow & { size: number; settled_at: Date | null }>(
    `select r.*, b.size, b.settled_at from (${SQL.batch} where b.tenant = $1 and b.origin_id = $2 and b.origin = 'command'
       order by b.id limit ${LISTED + 1}) r
     join cascata.batches b on b.tenant = $1 and b.id = r.id order by r.id`,
    [key.tenant, key.id],
  )
  return {
    items: rows.slice(0, LISTED).map((row) => ({
      ...names.ref('batch', row.id, row.type, row.status),
      status: row.status as BatchStatus,
      createdAt: row.at.toISOString(),
      processedAt: iso(row.settled_at),
      size: row.size,
    })),
    more: rows.length > LISTED,
  }
}

async function eventsOf(db: Reader, names: Names, key: Key): Promise<Response['events']> {
  const rows = await db.rows<RefRow>(
    `${SQL.event} where e.tenant = $1 and e.command_id = $2 and e.id >= $3 order by e.id limit ${LISTED + 1}`,
    [key.tenant, key.id, notBefore(key.id)],
  )
  return {
    items: rows.slice(0, LISTED).map((row) => ({
      ...names.ref('event', row.id, row.type, row.status),
      occurredAt: row.at.toISOString(),
    })),
    more: rows.length > LISTED,
  }
}

interface EffectRow {
  claim_no: number
  key: string
  state: Response['effects'][number]['state']
  called_at: Date
  deadline_at: Date
  ended_at: Date | null
  on_unknown: Response['effects'][number]['onUnknown']
  provider_id: string | null
}

async function effectsOf(db: Reader, key: Key): Promise<Response['effects']> {
  const rows = await db.rows<EffectRow>(
    `select claim_no, key, state, called_at, deadline_at, ended_at, on_unknown, provider_id from cascata.effects
     where tenant = $1 and command_id = $2 order by claim_no desc limit ${ATTEMPTS_LISTED}`,
    [key.tenant, key.id],
  )
  return rows.map((row) => ({
    claimNo: row.claim_no,
    key: row.key,
    state: row.state,
    calledAt: row.called_at.toISOString(),
    deadlineAt: row.deadline_at.toISOString(),
    endedAt: iso(row.ended_at),
    onUnknown: row.on_unknown,
    providerId: row.provider_id,
  }))
}

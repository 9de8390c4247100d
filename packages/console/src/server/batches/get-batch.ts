import {
  COMMAND_STATUSES,
  type CommandStatus,
  type getBatch,
  type NextReason,
  type Progress,
  type ResponseOf,
} from '../../contract/index.ts'
import { find } from '../find.ts'
import { notBefore } from '../ids.ts'
import type { Key } from '../keyset.ts'
import type { Names } from '../names.ts'
import type { Reader } from '../read.ts'
import { iso } from '../recorded.ts'
import { type RefRow, refOf, refOrNull, SQL } from '../refs.ts'
import { SQL_RECOVERING } from './batch-keys.ts'
import { batchItems } from './batch-rows.ts'

type Response = ResponseOf<typeof getBatch>

interface Fact {
  root_id: string
  sealed: boolean
  required_percent: number
  failings: number
  created_at: Date
  settled_at: Date | null
  released_at: Date | null
  size: number
  state: 'open' | 'success' | 'error' | 'cancelled'
  next_command_id: string | null
  on_failure_type: string | null
  origin: 'event' | 'command' | 'direct'
  origin_id: string | null
  handler: string | null
  parent_batch_id: string | null
  now: Date
}

interface Members {
  open: Partial<Record<CommandStatus, number>>
  openInAll: number
  /** Open members that wait for a human or for a daemon that knows them. */
  waiting: number
  retrying: number
  copiesOpen: number
  failed: number
  cancelled: number
  nestedOpen: number
  nestedFailed: number
}

const LISTED = 50

export async function batchDetails(db: Reader, names: Names, id: string): Promise<Response> {
  const key = await find(db, 'batch', id)
  const [item] = await batchItems(db, names, [key])
  const fact = await db.row<Fact>(
    `select root_id, sealed, required_percent, failings, created_at, settled_at, released_at, size, state, next_command_id,
       on_failure->>'type' as on_failure_type, origin, origin_id, handler, parent_batch_id, now() as now
     from cascata.batches where tenant = $1 and id = $2`,
    [key.tenant, key.id],
  )
  if (!item || !fact) throw new Error(`Batch ${id} was there a moment ago.`)
  const members = await membersOf(db, key)
  const started = await firstStart(db, key)
  const { origin: _, next: __, ...shown } = item
  return {
    ...shown,
    rootId: fact.root_id,
    sealed: fact.sealed,
    requiredPercent: fact.required_percent,
    failings: fact.failings,
    progress: progressOf(fact, members),
    firstStartedAt: iso(started),
    ...paceOf(fact, members, started),
    next: {
      command: await refOrNull(db, names, 'command', key.tenant, fact.next_command_id),
      reason: reasonOf(fact, members),
    },
    onFailure: await onFailureOf(db, names, key, fact),
    origin: await originOf(db, names, key.tenant, fact),
    parent: (await refOrNull(db, names, 'batch', key.tenant, fact.parent_batch_id)) as Response['parent'],
    nested: await nestedOf(db, names, key),
  }
}

async function membersOf(db: Reader, key: Key): Promise<Members> {
  const values = [key.tenant, key.id]
  const nested = (alias: string, id: string) =>
    `exists (select 1 from cascata.batches o where o.tenant = ${alias}.tenant and o.id = ${id} and o.parent_batch_id = $2)`
  const open = await db.rows<{
    state: string
    nested: boolean
    n: number
    waiting: number
    retrying: number
    copies: number
  }>(
    `select case q.state when 'parked' then 'pending' else q.state end as state, q.state = 'awaiting' and ${nested('q', 'q.id')} as nested,
       count(*)::integer as n, (count(*) filter (where q.state in ('unknown', 'parked')))::integer as waiting,
       (count(*) filter (where q.state = 'scheduled' and q.failures > 0))::integer as retrying,
       (count(*) filter (where q.original_id is not null))::integer as copies
     from cascata.command_queue q where q.tenant = $1 and q.batch_id = $2 group by 1, 2`,
    values,
  )
  const failed = await db.row<{ failed: number; nested: number }>(
    `select (count(*) filter (where not x.nested))::integer
         - (select ${SQL_RECOVERING} from cascata.batches b where b.tenant = $1 and b.id = $2) as failed,
       (count(*) filter (where x.nested))::integer as nested
     from (
       select ${nested('f', 'f.command_id')} as nested
       from cascata.batch_failures f where f.tenant = $1 and f.batch_id = $2) x`,
    values,
  )
  // Each member once: of a chain of copies that was cancelled, its newest.
  const cancelled = await db.row<{ n: number }>(
    `select count(distinct coalesce(c.origin_id, a.command_id))::integer as n from cascata.attempts a
     left join cascata.commands c on c.tenant = a.tenant and c.id = a.command_id and c.origin = 'reprocess'
     where a.tenant = $1 and a.outcome = 'cancelled' and a.final and a.batch_id = $2 and a.command_id >= $3
       and not exists (select 1 from cascata.commands r where r.tenant = a.tenant
         and r.origin_id = coalesce(c.origin_id, a.command_id) and r.origin = 'reprocess' and r.id > a.command_id)`,
    [...values, notBefore(key.id)],
  )
  const own = open.filter((row) => !row.nested)
  const sum = (rows: readonly { n: number }[]) => rows.reduce((total, row) => total + row.n, 0)
  return {
    open: Object.fromEntries(own.map((row) => [row.state, row.n])),
    openInAll: sum(own),
    waiting: own.reduce((total, row) => total + row.waiting, 0),
    retrying: own.reduce((total, row) => total + row.retrying, 0),
    copiesOpen: own.reduce((total, row) => total + row.copies, 0),
    failed: failed?.failed ?? 0,
    cancelled: cancelled?.n ?? 0,
    nestedOpen: sum(open.filter((row) => row.nested)),
    nestedFailed: failed?.nested ?? 0,
  }
}

function progressOf(fact: Fact, members: Members): Progress {
  const byStatus = Object.fromEntries(COMMAND_STATUSES.map((status) => [status, 0])) as Record<CommandStatus, number>
  for (const [status, n] of Object.entries(members.open)) byStatus[status as CommandStatus] = n
  byStatus.error = members.failed
  byStatus.cancelled = members.cancelled
  byStatus.success = Math.max(0, fact.size - members.openInAll - members.failed - members.cancelled)
  return { byStatus, recovering: members.copiesOpen }
}

/**
 * Members are claimed in the order of their ids, so the first to start is among the first. An attempt is recorded at its
 * end; before it, a call to the outside is.
 */
async function firstStart(db: Reader, key: Key): Promise<Date | null> {
  const row = await db.row<{ at: Date | null }>(
    `select min(least(
       (select min(a.started_at) from cascata.attempts a where a.tenant = $1 and a.command_id = m.id),
       (select min(e.called_at) from cascata.effects e where e.tenant = $1 and e.command_id = m.id))) as at
     from (
       select id from cascata.commands where tenant = $1 and batch_id = $2 and id >= $3 order by id limit 100) m`,
    [key.tenant, key.id, notBefore(key.id)],
  )
  return row?.at ?? null
}

function paceOf(fact: Fact, members: Members, started: Date | null) {
  const until = fact.settled_at ?? fact.now
  const done = Math.max(0, fact.size - members.openInAll)
  const seconds = started ? (until.getTime() - started.getTime()) / 1_000 : 0
  const underWay = members.openInAll - members.waiting
  const ratePerSecond = done > 0 && seconds > 0 ? done / seconds : null
  return {
    durationMs: Math.max(0, until.getTime() - fact.created_at.getTime()),
    ratePerSecond,
    remainingMs: fact.state === 'open' && underWay > 0 && ratePerSecond ? (underWay / ratePerSecond) * 1_000 : null,
  }
}

function reasonOf(fact: Fact, members: Members): NextReason {
  if (fact.next_command_id === null) return { because: 'no-next' }
  if (fact.released_at) return { because: 'released', releasedAt: fact.released_at.toISOString() }
  if (fact.state === 'cancelled') return { because: 'cancelled' }
  const failures = members.failed + members.nestedFailed
  if (fact.state === 'error') {
    // As many as bring the share of successes to what the batch asks for; rounded as where it is settled.
    const allowed = fact.size - Math.ceil((fact.required_percent * fact.size * (1 - 1e-12)) / 100)
    const mustHeal = Math.max(1, failures - allowed)
    return { because: 'members-failed', failed: members.failed, nestedFailed: members.nestedFailed, mustHeal }
  }
  if (members.copiesOpen > 0) {
    return { because: 'recovering', open: members.openInAll, failed: failures, copiesOpen: members.copiesOpen }
  }
  const unknown = members.open.unknown ?? 0
  if (unknown > 0 && unknown === members.openInAll) return { because: 'members-unknown', unknown }
  if (!fact.sealed) return { because: 'not-sealed', open: members.openInAll }
  if (members.openInAll > 0) {
    return { because: 'members-open', open: members.openInAll, retrying: members.retrying, failed: failures }
  }
  return members.nestedOpen > 0 ? { because: 'nested-open', open: members.nestedOpen } : { because: 'settling' }
}

async function onFailureOf(db: Reader, names: Names, key: Key, fact: Fact): Promise<Response['onFailure']> {
  if (fact.on_failure_type === null) return null
  const rows = await db.rows<RefRow>(
    `${SQL.command} where c.tenant = $1 and c.origin_id = $2 and c.origin = 'batch-failure' and c.id >= $3
     order by c.id desc limit ${LISTED}`,
    [key.tenant, key.id, notBefore(key.id)],
  )
  return {
    ...names.typed('command', fact.on_failure_type),
    commands: rows.map((row) => ({
      ...names.ref('command', row.id, row.type, row.status),
      createdAt: row.at.toISOString(),
    })),
  }
}

async function originOf(db: Reader, names: Names, tenant: string, fact: Fact): Promise<Response['origin']> {
  if (fact.origin === 'event') {
    return {
      kind: 'event',
      event: await refOf(db, names, 'event', tenant, fact.origin_id ?? ''),
      handler: fact.handler,
    }
  }
  if (fact.origin === 'command') {
    return { kind: 'command', command: await refOf(db, names, 'command', tenant, fact.origin_id ?? '') }
  }
  return { kind: 'direct' }
}

async function nestedOf(db: Reader, names: Names, key: Key): Promise<Response['nested']> {
  // Made by its members, so of its root and not older than it.
  const rows = await db.rows<RefRow>(
    `${SQL.batch} where b.tenant = $1 and b.parent_batch_id = $2 and b.id >= $3
       and b.root_id = (select root_id from cascata.batches where tenant = $1 and id = $2)
     order by b.id limit ${LISTED}`,
    [key.tenant, key.id, notBefore(key.id)],
  )
  return rows.map((row) => names.ref('batch', row.id, row.type, row.status))
}

import type { getOverview, ResponseOf } from '../contract/index.ts'
import { failingOf } from './failing.ts'
import { showId } from './ids.ts'
import type { Names } from './names.ts'
import type { Rates } from './rates.ts'
import type { Reader } from './read.ts'

type Response = ResponseOf<typeof getOverview>

interface DaemonRow {
  id: string
  host: string
  pid: number
  version: string
  state: Response['daemons'][number]['state']
  started_at: Date
  heartbeat_at: Date
  in_time: boolean
  locked: boolean
  event_types: number
  command_types: number
  events: number
  commands: number
}

// A daemon's advisory lock is held by its one connection for LISTEN: while the lock is there, so is the connection.
const DAEMONS = `
  select d.id, d.host, d.pid, d.version, d.state, d.started_at, d.heartbeat_at,
    d.heartbeat_at >= now() - d.lease_ms * interval '1 millisecond' as in_time,
    exists (
      select 1 from pg_locks l
      where l.locktype = 'advisory' and l.granted and l.objsubid = 1
        and l.database = (select oid from pg_database where datname = current_database())
        and l.classid::bigint = (d.lock_key >> 32) & 4294967295 and l.objid::bigint = d.lock_key & 4294967295) as locked,
    cardinality(d.event_types) as event_types, cardinality(d.command_types) as command_types,
    (select count(*)::integer from cascata.event_queue q where q.state = 'processing' and q.claimed_by = d.id) as events,
    (select count(*)::integer from cascata.command_queue q where q.state = 'processing' and q.claimed_by = d.id) as commands
  from cascata.daemons d order by d.state in ('running', 'draining') desc, d.started_at desc limit 100`

const QUEUES = `
  select 'event' as kind, state, count(*)::integer as n from (
    select case when bool_or(state = 'processing') then 'processing' when bool_or(state = 'pending') then 'pending'
                when bool_or(state = 'parked') then 'parked' else 'scheduled' end as state
    from cascata.event_queue where state <> 'absent' group by tenant, event_id
  ) e group by 2
  union all
  select 'command', state, count(*)::integer from cascata.command_queue q
  where not (q.state = 'awaiting' and exists (select 1 from cascata.batches b where b.tenant = q.tenant and b.id = q.id))
  group by 2`

// What is pending may run; its age counts from when that began, which for what was scheduled or awaiting is not its id's.
const OLDEST = `
  (select 'event' as kind, event_id as id, cascata.uuid_ms(event_id) as since from cascata.event_queue
   where state = 'pending' order by event_id limit 1)
  union all
  (select 'command', q.id, extract(epoch from greatest(c.created_at, c.run_at, b.released_at)) * 1000
   from (select tenant, id from cascata.command_queue where state = 'pending' order by id limit 20) q
   join cascata.commands c on c.tenant = q.tenant and c.id = q.id
   left join cascata.batches b on c.origin = 'batch' and b.tenant = c.tenant and b.id = c.origin_id
   order by 3 limit 1)`

export async function overviewOf(db: Reader, rates: Rates, names: Names): Promise<Response> {
  const now = await db.row<{ now: Date; open: number; failed: number }>(
    `select now() as now, (select count(*)::integer from cascata.batches where state = 'open') as open,
       (select count(*)::integer from (select distinct tenant, batch_id from cascata.batch_failures) f) as failed`,
  )
  const at = now?.now ?? new Date()
  const daemons = (await db.rows<DaemonRow>(DAEMONS)).map((row) => ({
    id: row.id,
    host: row.host,
    pid: row.pid,
    version: row.version,
    state: row.state,
    alive: (row.state === 'running' || row.state === 'draining') && row.in_time && row.locked,
    listening: row.locked,
    startedAt: row.started_at.toISOString(),
    heartbeatAt: row.heartbeat_at.toISOString(),
    claimed: { events: row.events, commands: row.commands },
    eventTypes: row.event_types,
    commandTypes: row.command_types,
  }))
  const queued = await db.rows<{ kind: 'event' | 'command'; state: string; n: number }>(QUEUES)
  const count = (kind: string, state: string) => queued.find((row) => row.kind === kind && row.state === state)?.n ?? 0
  const oldest = await db.rows<{ kind: 'event' | 'command'; id: string; since: string }>(OLDEST)
  const age = (kind: 'event' | 'command') => {
    const row = oldest.find((o) => o.kind === kind)
    return row ? { id: showId(kind, row.id), ms: Math.max(0, at.getTime() - Number(row.since)) } : null
  }
  return {
    asOf: at.toISOString(),
    noDaemon: !daemons.some((daemon) => daemon.alive),
    daemons,
    queue: {
      events: {
        pending: count('event', 'pending'),
        scheduled: count('event', 'scheduled'),
        processing: count('event', 'processing'),
        parked: count('event', 'parked'),
      },
      commands: {
        pending: count('command', 'pending'),
        scheduled: count('command', 'scheduled'),
        awaiting: count('command', 'awaiting'),
        processing: count('command', 'processing'),
        unknown: count('command', 'unknown'),
        parked: count('command', 'parked'),
      },
    },
    oldestPending: { event: age('event'), command: age('command') },
    perMinute: await rates.perMinute(db),
    failing: await failingOf(db, names),
    openBatches: now?.open ?? 0,
    failedBatches: now?.failed ?? 0,
  }
}

/**
 * Counts from the engine's totals, from what is not counted there yet, and from the queues: in one statement, so in one
 * snapshot, so that they add up. Never from the facts as a whole.
 */
import type { Freshness } from '../contract/index.ts'
import { Parameters, type Reader } from './read.ts'

/** Rows that are not counted yet, up to which they are read along; beyond it, counts say "as of". */
const REST_MAX = 50_000

/** `created` and how it ended, per type; `queue` with its state for what has not ended. */
export interface Count {
  source: 'total' | 'queue' | 'failed-open'
  type: string
  status: string
  n: number
}

export interface Counts {
  counts: Count[]
  freshness: Freshness
}

export async function freshnessOf(db: Reader): Promise<Freshness> {
  const row = await db.row<{ folded_at: Date; now: Date; rest: number }>(
    `select w.folded_at, now() as now, (
       select count(*) from (
         (select 1 from cascata.attempts where xid >= w.folded_to limit ${REST_MAX + 1})
         union all (select 1 from cascata.commands where xid >= w.folded_to limit ${REST_MAX + 1})
         union all (select 1 from cascata.events where xid >= w.folded_to limit ${REST_MAX + 1})
         union all (select 1 from cascata.event_handlings where xid >= w.folded_to limit ${REST_MAX + 1})) r)::integer as rest
     from cascata.tally_watermark w`,
  )
  if (!row) return { exact: false, asOf: new Date(0).toISOString(), blocker: null }
  if (row.rest <= REST_MAX) return { exact: true, asOf: row.now.toISOString(), blocker: null }
  return { exact: false, asOf: row.folded_at.toISOString(), blocker: await oldestWriter(db) }
}

/** The transaction that keeps the totals from being brought forward: every writing one holds a lock of its own id. */
async function oldestWriter(db: Reader): Promise<Freshness['blocker']> {
  const row = await db.row<{ pid: number; since: Date | null; database: string | null; application: string | null }>(
    `select l.pid, a.xact_start as since, a.datname as database, nullif(a.application_name, '') as application
     from pg_locks l left join pg_stat_activity a on a.pid = l.pid
     where l.locktype = 'transactionid' and l.mode = 'ExclusiveLock' and l.granted and l.pid is not null
     order by age(l.transactionid) desc limit 1`,
  )
  return row ? { ...row, since: row.since?.toISOString() ?? null } : null
}

export async function countsOf(
  db: Reader,
  kind: 'event' | 'command',
  filters: { tenant?: string | undefined },
): Promise<Counts> {
  const freshness = await freshnessOf(db)
  const p = new Parameters()
  const tenant = (column: string) =>
    filters.tenant === undefined ? '' : ` and ${column} = ${p.add(filters.tenant.toLowerCase())}::uuid`
  const rest = freshness.exact
    ? ` union all select u.tenant, u.type, u.status, u.n
        from cascata.tally_watermark w cross join lateral cascata.unfolded(w.folded_to, null) u
        where u.kind = '${kind}'${tenant('u.tenant')}`
    : ''
  const folded = `select 'total' as source, type, status, sum(n)::double precision as n from (
      select tenant, type, status, n from cascata.totals t where t.kind = '${kind}'${tenant('t.tenant')}${rest}
    ) x group by type, status`
  const queued =
    kind === 'command'
      ? `select 'queue', q.type, case when q.state = 'scheduled' and q.failures > 0 then 'retrying' else q.state end,
           count(*)::double precision
         from cascata.command_queue q
         where not (q.state = 'awaiting' and exists (
           select 1 from cascata.batches b where b.tenant = q.tenant and b.id = q.id))${tenant('q.tenant')}
         group by 2, 3`
      : `select case when s.failed then 'failed-open' else 'queue' end, s.type, s.state, count(*)::double precision from (
           select q.tenant, q.event_id, q.type,
             case when bool_or(q.state = 'processing') then 'processing'
                  when bool_or(q.state in ('pending', 'parked')) then 'pending' else 'scheduled' end as state,
             bool_or(q.handler <> '') and exists (select 1 from cascata.event_handlings h where h.tenant = q.tenant
               and h.event_id = q.event_id and h.final and h.outcome = 'error') as failed
           from cascata.event_queue q where true${tenant('q.tenant')} group by q.tenant, q.event_id, q.type
         ) s group by 1, 2, 3`
  return { counts: await db.rows<Count>(`${folded} union all ${queued}`, p.values), freshness }
}

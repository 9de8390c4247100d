/**
 * Counts from the engine's totals, from what is not counted there yet, and from the queues: in one statement, so in one
 * snapshot, so that they add up. Never from the facts as a whole.
 */
import { Parameters, type Reader } from './read.ts'

/** `created` and how it ended, per type; `queue` with its state for what has not ended. */
export interface Count {
  source: 'total' | 'queue' | 'failed-open'
  type: string
  status: string
  n: number
}

export async function countsOf(
  db: Reader,
  kind: 'event' | 'command',
  filters: { tenant?: string | undefined },
): Promise<Count[]> {
  const p = new Parameters()
  const tenant = (column: string) =>
    filters.tenant === undefined ? '' : ` and ${column} = ${p.add(filters.tenant.toLowerCase())}::uuid`
  const counted = `select 'total' as source, type, status, sum(n)::double precision as n
    from cascata.current_totals t where t.kind = '${kind}'${tenant('t.tenant')} group by type, status`
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
           from cascata.event_queue q where q.state <> 'absent'${tenant('q.tenant')} group by q.tenant, q.event_id, q.type
         ) s group by 1, 2, 3`
  return await db.rows<Count>(`${counted} union all ${queued}`, p.values)
}

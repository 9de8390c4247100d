/** Which index a list of batches is read by. Batches are few beside their members, and are not partitioned. */
import type { InputOf, listBatches } from '../../contract/index.ts'
import type { Source } from '../keyset.ts'
import type { Parameters } from '../read.ts'

export type BatchFilters = Omit<InputOf<typeof listBatches>, 'tenant' | 'from' | 'to' | 'limit' | 'cursor'>

/** The status of a batch as the engine's view has it, of a row `b`. */
export const SQL_BATCH_STATUS = `case when b.state <> 'open' then b.state when b.failings > 0 then 'processing' else (
    select case when count(*) < b.size or bool_or(q.claim_no > 0 or q.state = 'awaiting') then 'processing' else 'pending' end
    from cascata.command_queue q where q.tenant = b.tenant and q.batch_id = b.id) end`

/** Failures of the batch `b` of which a copy is under way: from the copies, which are few, never from each failure. */
export const SQL_RECOVERING = `(
  select count(*)::integer from (
    select distinct q.original_id from cascata.command_queue q
    where q.tenant = b.tenant and q.batch_id = b.id and q.original_id is not null
  ) o join cascata.batch_failures f on f.tenant = b.tenant and f.batch_id = b.id and f.command_id = o.original_id)`

export function batchSources(filters: BatchFilters): (p: Parameters) => Source[] {
  return (p) => {
    const type = filters.type === undefined ? '' : ' and b.type = s.type'
    const origin = filters.origin === undefined ? '' : ` and b.origin = any(${p.add(filters.origin)}::text[])`
    const streams =
      filters.type === undefined
        ? 'select tenant from tenants'
        : `select tenant, type from tenants cross join unnest(${p.add(filters.type)}::text[]) type`
    const where = (status: string) => ({
      streams,
      from: `from cascata.batches b where b.tenant = s.tenant${type}${origin}${status}`,
      id: 'b.id',
    })
    if (filters.status === undefined) return [where('')]
    const settled = filters.status.filter((status) => status !== 'pending' && status !== 'processing')
    const open = filters.status.filter((status) => status === 'pending' || status === 'processing')
    return [
      ...(settled.length > 0 ? [where(` and b.state <> 'open' and b.state = any(${p.add(settled)}::text[])`)] : []),
      ...(open.length === 1 ? [where(` and b.state = 'open' and ${SQL_BATCH_STATUS} = ${p.add(open[0])}`)] : []),
      ...(open.length === 2 ? [where(` and b.state = 'open'`)] : []),
    ]
  }
}

import { BATCH_STATUSES, type BatchStatus, type ResponseOf, type summarizeBatches } from '../../contract/index.ts'
import type { Names } from '../names.ts'
import { Parameters, type Reader } from '../read.ts'

interface Row {
  type: string
  status: BatchStatus
  n: number
}

export async function batchSummary(
  db: Reader,
  names: Names,
  { tenant, type }: { tenant?: string | undefined; type?: string[] | undefined },
): Promise<ResponseOf<typeof summarizeBatches>> {
  const p = new Parameters()
  const own = tenant === undefined ? undefined : p.add(tenant.toLowerCase())
  const of = (alias: string) => (own ? ` and ${alias}.tenant = ${own}::uuid` : '')
  const rows = await db.rows<Row>(
    `select type, status, count(*)::integer as n from (
       select b.type, b.state as status from cascata.batches b where b.state <> 'open'${of('b')}
       union all
       select b.type, case when b.failings > 0 or m.begun or coalesce(m.open, 0) < b.size then 'processing' else 'pending' end
       from cascata.batches b left join (
         select q.tenant, q.batch_id, count(*) as open, bool_or(q.claim_no > 0 or q.state = 'awaiting') as begun
         from cascata.command_queue q where q.batch_id is not null${of('q')} group by 1, 2
       ) m on m.tenant = b.tenant and m.batch_id = b.id
       where b.state = 'open'${of('b')}
     ) x group by 1, 2`,
    p.values,
  )
  const byStatus = statusesOf(type ? rows.filter((row) => type.includes(row.type)) : rows)
  return {
    total: BATCH_STATUSES.reduce((sum, status) => sum + byStatus[status], 0),
    byStatus,
    types: [...Map.groupBy(rows, (row) => row.type)]
      .map(([name, found]) => ({
        ...names.typed('batch', name),
        total: found.reduce((sum, row) => sum + row.n, 0),
        byStatus: Object.fromEntries(found.map((row) => [row.status, row.n])),
      }))
      .sort((a, b) => b.total - a.total || a.type.localeCompare(b.type)),
  }
}

function statusesOf(rows: readonly Row[]): Record<BatchStatus, number> {
  const statuses = Object.fromEntries(BATCH_STATUSES.map((status) => [status, 0])) as Record<BatchStatus, number>
  for (const row of rows) statuses[row.status] += row.n
  return statuses
}

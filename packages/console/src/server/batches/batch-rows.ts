/** What lists show of batches, for given keys. */
import type { BatchItem, BatchStatus, CommandStatus } from '../../contract/index.ts'
import { showId } from '../ids.ts'
import type { Key } from '../keyset.ts'
import type { Names } from '../names.ts'
import type { Reader } from '../read.ts'
import { SQL_COMMAND_STATUS } from '../sql.ts'
import { SQL_RECOVERING } from './batch-keys.ts'

interface Row {
  tenant: string
  id: string
  type: string
  status: BatchStatus
  created_at: Date
  settled_at: Date | null
  size: number
  open: number
  failed: number
  copies_open: number
  origin: 'event' | 'command' | 'direct'
  next_id: string | null
  next_type: string | null
  next_status: CommandStatus | null
}

const ROWS = `
  select b.tenant, b.id, b.type, b.created_at, b.settled_at, b.size, b.origin,
    case when b.state <> 'open' then b.state
         when b.failings > 0 or m.places < b.size or m.begun then 'processing' else 'pending' end as status,
    m.open, m.copies_open, (
      select count(*)::integer from cascata.batch_failures f where f.tenant = b.tenant and f.batch_id = b.id
    ) - case when m.copies_open > 0 then ${SQL_RECOVERING} else 0 end as failed,
    b.next_command_id as next_id, n.type as next_type, n.status as next_status
  from unnest($1::uuid[], $2::uuid[]) with ordinality k(tenant, id, place)
  join cascata.batches b on b.tenant = k.tenant and b.id = k.id
  cross join lateral (
    select count(*)::integer as places, (count(*) filter (where not (q.state = 'awaiting' and exists (
        select 1 from cascata.batches o where o.tenant = q.tenant and o.id = q.id))))::integer as open,
      (count(*) filter (where q.original_id is not null))::integer as copies_open,
      coalesce(bool_or(q.claim_no > 0 or q.state = 'awaiting'), false) as begun
    from cascata.command_queue q where q.tenant = b.tenant and q.batch_id = b.id and b.state = 'open'
  ) m
  left join lateral (
    select c.type, ${SQL_COMMAND_STATUS} as status
    from cascata.commands c where c.tenant = k.tenant and c.id = b.next_command_id
  ) n on true
  order by k.place`

export async function batchItems(db: Reader, names: Names, keys: readonly Key[]): Promise<BatchItem[]> {
  if (keys.length === 0) return []
  const rows = await db.rows<Row>(ROWS, [keys.map((key) => key.tenant), keys.map((key) => key.id)])
  const tenants = await names.tenants()
  return rows.map((row) => ({
    kind: 'batch',
    id: showId('batch', row.id),
    ...names.typed('batch', row.type),
    status: row.status,
    recovering: row.copies_open > 0,
    tenant: { id: row.tenant, name: tenants.get(row.tenant) ?? null },
    createdAt: row.created_at.toISOString(),
    processedAt: row.settled_at?.toISOString() ?? null,
    size: row.size,
    done: Math.max(0, row.size - row.open),
    failed: row.failed,
    origin: row.origin,
    next:
      row.next_id === null
        ? null
        : names.ref('command', row.next_id, row.next_type ?? '', row.next_status ?? 'unknown'),
  }))
}

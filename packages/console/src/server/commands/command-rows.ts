/** What lists show of commands, for given keys: looked up one by one, and never their data. */
import type { CommandItem, CommandStatus, OriginKind } from '../../contract/index.ts'
import { showId, showIdOrNull } from '../ids.ts'
import type { Key } from '../keyset.ts'
import type { Names } from '../names.ts'
import type { Reader } from '../read.ts'
import { SQL_OUTCOME } from '../sql.ts'

interface Row {
  tenant: string
  id: string
  type: string
  status: CommandStatus
  created_at: Date
  ended_at: Date | null
  ms: number | null
  failures: number
  due_at: Date | null
  origin: OriginKind
  batch_id: string | null
  error: string | null
}

const ROWS = `
  select c.tenant, c.id, c.type, coalesce(case q.state when 'parked' then 'pending' else q.state end, a.outcome, 'success') as status,
    c.created_at, a.ended_at, a.ms, coalesce(q.failures, e.failures)::integer as failures, q.run_at as due_at, c.origin, c.batch_id,
    left(split_part(coalesce(a.error, r.error), E'\\n', 1), 300) as error
  from unnest($1::uuid[], $2::uuid[]) with ordinality k(tenant, id, place)
  join cascata.commands c on c.tenant = k.tenant and c.id = k.id
  left join cascata.command_queue q on q.tenant = c.tenant and q.id = c.id
  left join lateral (
    select ${SQL_OUTCOME} as outcome, ended_at, ms, error, claim_no from cascata.attempts a
    where a.tenant = k.tenant and a.command_id = k.id and a.final and q.id is null order by claim_no desc limit 1
  ) a on true
  left join lateral (
    select error from cascata.attempts a
    where a.tenant = k.tenant and a.command_id = k.id and q.claim_no > 0 and a.error is not null order by claim_no desc limit 1
  ) r on true
  cross join lateral (
    select count(*) as failures from cascata.attempts a
    where q.id is null and a.tenant = k.tenant and a.command_id = k.id and a.outcome = 'error'
  ) e
  order by k.place`

export async function commandItems(db: Reader, names: Names, keys: readonly Key[]): Promise<CommandItem[]> {
  if (keys.length === 0) return []
  const rows = await db.rows<Row>(ROWS, [keys.map((key) => key.tenant), keys.map((key) => key.id)])
  const tenants = await names.tenants()
  return rows.map((row) => ({
    kind: 'command',
    id: showId('command', row.id),
    ...names.typed('command', row.type),
    status: row.status,
    tenant: { id: row.tenant, name: tenants.get(row.tenant) ?? null },
    createdAt: row.created_at.toISOString(),
    processedAt: row.ended_at?.toISOString() ?? null,
    ms: row.ms,
    failures: row.failures,
    dueAt: row.due_at?.toISOString() ?? null,
    origin: row.origin,
    batchId: showIdOrNull('batch', row.batch_id),
    error: row.error,
  }))
}

/**
 * Everything of one root, as few rows as possible: records that caused nothing are summed up by where they hang, type and
 * status. The root and records that caused something come one by one, since others hang on them.
 */
import type { CommandStatus, Kind } from '../../contract/index.ts'
import { sqlEventStatus } from '../events/event-keys.ts'
import { notBefore } from '../ids.ts'
import type { Key } from '../keyset.ts'
import type { Reader } from '../read.ts'
import { SQL_COMMAND_STATUS, SQL_OUTCOME } from '../sql.ts'

export interface WorkflowRow {
  kind: Kind
  type: string
  status: CommandStatus
  /** Of a record that comes alone. */
  id: string | null
  /** The record that it was caused by, and how. */
  cause: string | null
  as: 'emitted' | 'event' | 'command' | 'reprocess' | 'batch' | 'batch-failure' | 'schedule' | 'direct'
  batch_id: string | null
  n: number
  first_id: string
  created_at: Date
  ended_at: Date | null
}

/** More rows than this are not looked at; of a workflow so large the page says so. */
export const ROWS_MAX = 5_000

// $1 tenant, $2 root, $3 the root's millisecond: nothing of it is older, so older partitions are not read.
const ROWS = `
  with causes as materialized (
    select distinct origin_id as id from cascata.commands
    where tenant = $1 and root_id = $2 and id >= $3 and origin in ('command', 'reprocess', 'event')
    union select origin_id from cascata.batches where tenant = $1 and root_id = $2
    union select command_id from cascata.events where tenant = $1 and root_id = $2 and id >= $3
  ), queued as materialized (
    select id, case state when 'parked' then 'pending' else state end as state from cascata.command_queue where tenant = $1 and root_id = $2
  ), commands as (
    select c.id, c.type, coalesce(q.state, ${SQL_OUTCOME}, 'success') as status, c.origin, c.origin_id, c.batch_id, c.created_at,
      a.ended_at, c.id = $2 or k.id is not null or c.origin = 'reprocess' as alone
    from cascata.commands c
    left join queued q on q.id = c.id left join causes k on k.id = c.id
    left join cascata.attempts a on a.tenant = $1 and a.command_id = c.id and a.command_id >= $3 and a.final
    where c.tenant = $1 and c.root_id = $2 and c.id >= $3
  ), events as (
    select e.id, e.type, ${sqlEventStatus('e.tenant', 'e.id')} as status, e.command_id, e.occurred_at,
      (select max(h.ended_at) from cascata.event_handlings h where h.tenant = $1 and h.event_id = e.id) as ended_at,
      e.id = $2 or k.id is not null as alone
    from cascata.events e left join causes k on k.id = e.id
    where e.tenant = $1 and e.root_id = $2 and e.id >= $3
  )
  select 'command' as kind, type, status, case when alone then id end as id, origin_id as cause, origin as "as", batch_id,
    count(*)::integer as n, min(id::text)::uuid as first_id, min(created_at) as created_at, max(ended_at) as ended_at
  from commands group by type, status, case when alone then id end, origin_id, origin, batch_id
  union all
  select 'event', type, status, case when alone then id end, command_id, 'emitted', null, count(*)::integer,
    min(id::text)::uuid, min(occurred_at), max(ended_at)
  from events group by type, status, case when alone then id end, command_id
  union all
  select 'batch', b.type, case when b.state <> 'open' then b.state else 'processing' end, b.id, b.origin_id, b.origin, null, 1,
    b.id, b.created_at, b.settled_at
  from cascata.batches b where b.tenant = $1 and b.root_id = $2
  order by first_id limit ${ROWS_MAX + 1}`

export async function workflowRows(db: Reader, root: Key): Promise<WorkflowRow[]> {
  return await db.rows<WorkflowRow>(ROWS, [root.tenant, root.id, notBefore(root.id)])
}

/** The root of a record. */
export async function rootOf(db: Reader, kind: Kind, key: Key): Promise<string | undefined> {
  const row = await db.row<{ root_id: string }>(
    `select root_id from cascata.${{ event: 'events', command: 'commands', batch: 'batches' }[kind]} where tenant = $1 and id = $2`,
    [key.tenant, key.id],
  )
  return row?.root_id
}

/** The first members of a group, to show one by one. */
export async function membersOf(db: Reader, root: Key, group: WorkflowRow, limit: number): Promise<string[]> {
  const values = [root.tenant, root.id, notBefore(root.id), group.type, group.cause, group.status]
  const text =
    group.kind === 'command'
      ? `select c.id from cascata.commands c
         where c.tenant = $1 and c.root_id = $2 and c.id >= $3 and c.type = $4 and c.origin_id is not distinct from $5
           and c.origin = $7 and c.batch_id is not distinct from $8
           and ${SQL_COMMAND_STATUS} = $6
           and not exists (select 1 from cascata.commands k where k.tenant = c.tenant and k.origin_id = c.id and k.id >= $3)
           and not exists (select 1 from cascata.batches k where k.tenant = c.tenant and k.origin_id = c.id)
           and not exists (select 1 from cascata.events k where k.tenant = c.tenant and k.command_id = c.id and k.id >= $3)
         order by c.id limit ${limit}`
      : `select e.id from cascata.events e
         where e.tenant = $1 and e.root_id = $2 and e.id >= $3 and e.type = $4 and e.command_id is not distinct from $5
           and ${sqlEventStatus('e.tenant', 'e.id')} = $6
           and not exists (select 1 from cascata.commands k where k.tenant = e.tenant and k.origin_id = e.id and k.id >= $3)
           and not exists (select 1 from cascata.batches k where k.tenant = e.tenant and k.origin_id = e.id)
         order by e.id limit ${limit}`
  const rows = await db.rows<{ id: string }>(
    text,
    group.kind === 'command' ? [...values, group.as, group.batch_id] : values,
  )
  return rows.map((row) => row.id)
}

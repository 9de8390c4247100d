/** What lists show of events, for given keys: looked up one by one, and never their data. */
import type { CommandStatus, EventItem, EventStatus } from '../../contract/index.ts'
import { showId, sqlCeiling, sqlFloor } from '../ids.ts'
import type { Key } from '../keyset.ts'
import type { Names } from '../names.ts'
import type { Reader } from '../read.ts'
import { SQL_COMMAND_STATUS } from '../sql.ts'
import { sqlEventStatus } from './event-keys.ts'

interface Row {
  tenant: string
  id: string
  type: string
  status: EventStatus
  entity_type: string
  entity_id: string
  occurred_at: Date
  ended_at: Date | null
  ms: number | null
  error: string | null
  commands: Partial<Record<CommandStatus, number>> | null
}

/** Commands of one event that are counted in a list. */
const COUNTED = 1_000

const ROWS = `
  select e.tenant, e.id, e.type, ${sqlEventStatus('e.tenant', 'e.id')} as status, e.entity_type, e.entity_id, e.occurred_at,
    h.ended_at, h.ms, h.error, n.commands
  from unnest($1::uuid[], $2::uuid[]) with ordinality k(tenant, id, place)
  join cascata.events e on e.tenant = k.tenant and e.id = k.id
  left join lateral (
    select max(ended_at) as ended_at, sum(ms) as ms,
      left(split_part((array_agg(error order by ended_at desc) filter (where outcome = 'error'))[1], E'\\n', 1), 300) as error
    from cascata.event_handlings h where h.tenant = k.tenant and h.event_id = k.id
  ) h on true
  left join lateral (
    select jsonb_object_agg(status, n) as commands from (
      select status, count(*) as n from (
        select ${SQL_COMMAND_STATUS} as status
        from cascata.commands c
        where c.tenant = k.tenant and c.origin_id = k.id and c.origin = 'event'
          and c.id between ${sqlFloor('k.id')} and ${sqlCeiling('k.id')}
        limit ${COUNTED + 1}
      ) one group by status
    ) per
  ) n on true
  order by k.place`

export async function eventItems(db: Reader, names: Names, keys: readonly Key[]): Promise<EventItem[]> {
  if (keys.length === 0) return []
  const rows = await db.rows<Row>(ROWS, [keys.map((key) => key.tenant), keys.map((key) => key.id)])
  const tenants = await names.tenants()
  return rows.map((row) => {
    const byStatus = row.commands ?? {}
    const total = Object.values(byStatus).reduce((sum, n) => sum + n, 0)
    const ended = row.status === 'success' || row.status === 'error'
    return {
      kind: 'event',
      id: showId('event', row.id),
      ...names.typed('event', row.type),
      status: row.status,
      tenant: { id: row.tenant, name: tenants.get(row.tenant) ?? null },
      entity: { ...names.entity(row.entity_type), id: row.entity_id },
      occurredAt: row.occurred_at.toISOString(),
      processedAt: ended ? (row.ended_at?.toISOString() ?? null) : null,
      ms: row.ms,
      commands: { byStatus, total, more: total > COUNTED },
      error: row.error,
    }
  })
}

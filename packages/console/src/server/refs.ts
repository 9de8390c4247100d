/** Records as links: type and status of given ids of one institution. */
import type { Ref } from '../contract/index.ts'
import { SQL_BATCH_STATUS } from './batches/batch-keys.ts'
import { sqlEventStatus } from './events/event-keys.ts'
import type { Names } from './names.ts'
import type { Reader } from './read.ts'
import { SQL_COMMAND_STATUS } from './sql.ts'

export interface RefRow {
  id: string
  type: string
  status: string
  at: Date
}

export const SQL = {
  event: `select e.id, e.type, ${sqlEventStatus('e.tenant', 'e.id')} as status, e.occurred_at as at from cascata.events e`,
  command: `select c.id, c.type, ${SQL_COMMAND_STATUS} as status, c.created_at as at from cascata.commands c`,
  batch: `select b.id, b.type, ${SQL_BATCH_STATUS} as status, b.created_at as at from cascata.batches b`,
} as const

const BY_IDS = {
  event: `${SQL.event} where e.tenant = $1 and e.id = any($2::uuid[])`,
  command: `${SQL.command} where c.tenant = $1 and c.id = any($2::uuid[])`,
  batch: `${SQL.batch} where b.tenant = $1 and b.id = any($2::uuid[])`,
} as const

/** A record that retention has dropped is still named by others: it is shown with what is left of it, its id. */
export async function refOf<K extends keyof typeof BY_IDS>(
  db: Reader,
  names: Names,
  kind: K,
  tenant: string,
  id: string,
): Promise<Ref & { kind: K }> {
  const row = await db.row<RefRow>(BY_IDS[kind], [tenant, [id]])
  return names.ref(kind, id, row?.type ?? '', row?.status ?? 'unknown')
}

export const refOrNull = async <K extends keyof typeof BY_IDS>(
  db: Reader,
  names: Names,
  kind: K,
  tenant: string,
  id: string | null,
): Promise<(Ref & { kind: K }) | null> => (id === null ? null : await refOf(db, names, kind, tenant, id))

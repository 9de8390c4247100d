/** A command and its reprocessed copies are one chain; what may be done with it depends on the newest of them. */
import type { CommandStatus } from '../../contract/index.ts'
import { notBefore } from '../ids.ts'
import type { Reader } from '../read.ts'
import { SQL_COMMAND_STATUS } from '../sql.ts'

export interface Latest {
  id: string
  original: string
  status: CommandStatus
}

export async function latestOf(db: Reader, tenant: string, id: string): Promise<Latest> {
  const start = await db.row<{ original: string }>(
    `select case when origin = 'reprocess' then origin_id else id end as original from cascata.commands where tenant = $1 and id = $2`,
    [tenant, id],
  )
  const original = start?.original ?? id
  const row = await db.row<{ id: string; status: CommandStatus }>(
    `select c.id, ${SQL_COMMAND_STATUS} as status from cascata.commands c
     where c.tenant = $1 and (c.id = $2 or c.id = (
       select id from cascata.commands where tenant = $1 and origin_id = $2 and origin = 'reprocess' and id >= $3
       order by id desc limit 1))
     order by (c.id = $2), c.id desc limit 1`,
    [tenant, original, notBefore(original)],
  )
  return { id: row?.id ?? id, original, status: row?.status ?? 'unknown' }
}

/** Why it cannot be reprocessed now; undefined when it can. The database decides the same when it is asked to. */
export function refusalOf({
  id,
  original,
  status,
}: Latest): 'not-finished' | 'already-succeeded' | 'reprocess-open' | undefined {
  if (status === 'success') return 'already-succeeded'
  if (status === 'error' || status === 'cancelled' || status === 'unknown') return undefined
  return id === original ? 'not-finished' : 'reprocess-open'
}

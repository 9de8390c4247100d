/** From an id alone to its record: whose it is stands nowhere in a UUID, and every index begins with the institution. */
import type { Kind } from '../contract/index.ts'
import { kindOf, uuidOf } from './ids.ts'
import { type Key, tenantsOf } from './keyset.ts'
import { Refused } from './problem.ts'
import type { Reader } from './read.ts'

const TABLES: Record<Kind, string> = { event: 'events', command: 'commands', batch: 'batches' }

/** @throws Refused `not-found`. */
export async function find(db: Reader, kind: Kind, id: string): Promise<Key> {
  const uuid = uuidOf(id)
  const row = await db.row<{ tenant: string }>(
    `with recursive tenants as materialized (${tenantsOf(kind)})
     select t.tenant from tenants t
     where exists (select 1 from cascata.${TABLES[kind]} r where r.tenant = t.tenant and r.id = $1) limit 1`,
    [uuid],
  )
  if (!row) throw new Refused('not-found')
  return { tenant: row.tenant, id: uuid }
}

/** What an id is: its prefix says so, or whichever table has it. @throws Refused `not-found`. */
export async function findAny(db: Reader, id: string): Promise<Key & { kind: Kind }> {
  const said = kindOf(id)
  for (const kind of said ? [said] : (['command', 'event', 'batch'] as const)) {
    try {
      return { kind, ...(await find(db, kind, id)) }
    } catch (error) {
      if (!(error instanceof Refused)) throw error
    }
  }
  throw new Refused('not-found')
}

import type { Kind, listTenants, listTypes, ResponseOf } from '../contract/index.ts'
import { tenantsOf } from './keyset.ts'
import type { Names } from './names.ts'
import type { Reader } from './read.ts'

/** Types that the running code knows, and those that are stored: in the totals, or so new that they are not there yet. */
export async function typesOf(db: Reader, names: Names): Promise<ResponseOf<typeof listTypes>> {
  const stored = await db.rows<{ kind: Kind; type: string }>(
    `select distinct kind, type from cascata.totals
     union select kind, type from cascata.tally_deltas
     union select 'event', type from cascata.event_queue
     union select 'command', q.type from cascata.command_queue q
       where not (q.state = 'awaiting' and exists (select 1 from cascata.batches b where b.tenant = q.tenant and b.id = q.id))
     union select 'batch', type from cascata.batches`,
  )
  const known: Record<Kind, Iterable<string>> = {
    event: names.app?.events.keys() ?? [],
    command: names.app?.commands.keys() ?? [],
    batch: [],
  }
  const list = (kind: Kind) => {
    const code = new Set(known[kind])
    const all = new Set([...code, ...stored.filter((row) => row.kind === kind).map((row) => row.type)])
    return [...all].sort().map((type) => ({ ...names.typed(kind, type), known: kind === 'batch' || code.has(type) }))
  }
  return { event: list('event'), command: list('command'), batch: list('batch'), entity: names.entities() }
}

const LISTED = 50

/** Institutions by part of their name, upper or lower case and accents aside; those that have records but no name as well. */
export async function tenantsFound(
  db: Reader,
  names: Names,
  search: string | undefined,
): Promise<ResponseOf<typeof listTenants>> {
  const named = await names.tenants()
  const seen = await db.rows<{ tenant: string }>(
    `with recursive t as materialized (${tenantsOf('command')} union ${tenantsOf('event')}) select tenant from t`,
  )
  const wanted = plain(search ?? '')
  const found = [...new Set([...named.keys(), ...seen.map((row) => row.tenant)])]
    .map((id) => ({ id, name: named.get(id) ?? null }))
    .filter(({ id, name }) => plain(name ?? '').includes(wanted) || id.startsWith(wanted))
    .sort((a, b) => (a.name ?? '\uffff').localeCompare(b.name ?? '\uffff') || a.id.localeCompare(b.id))
  return { items: found.slice(0, LISTED), more: found.length > LISTED }
}

const plain = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim()

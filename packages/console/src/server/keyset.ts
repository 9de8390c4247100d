/**
 * One page of a list, newest first, over every institution, by indexes that all begin with the institution.
 *
 * What is looked through are streams: an institution, or an institution and an outcome, and so on; each is sorted by an
 * index. The newest n of all streams lie in the n streams whose first record is newest. So: the first record of each
 * stream, the best n of these, the first n of each of them, the best n. Its cost depends on the page, not on the history.
 */
import { type Cursor, encodeCursor } from './cursor.ts'
import { floorOf, sqlCeiling, sqlFloor } from './ids.ts'
import { Parameters, type Reader } from './read.ts'

export interface Source {
  /** SELECT of the streams from `tenants`: column `tenant`, and what else `from` needs of `s`. */
  streams: string
  /** FROM and WHERE of one stream `s`, sorted by `id` thanks to an index. */
  from: string
  /** The column that names the record. */
  id: string
  /** The id bounds apply; a source whose index is not sorted by id gives all its candidates at once. */
  unsorted?: boolean
}

export interface PageRequest {
  tenant: string | undefined
  /** Milliseconds; ids from here … */
  from: number | undefined
  /** … to before here. */
  to: number | undefined
  cursor: Cursor | undefined
  limit: number
}

export interface Key {
  tenant: string
  id: string
}

export interface KeyPage {
  keys: Key[]
  next: string | null
  previous: string | null
}

/** SQL for the bounds of a page: what a source that walks by itself needs. */
export interface Bounds {
  older: boolean
  /** Conditions on an id column of stream `s`. */
  on(id: string): string
  /** The same, widened to whole milliseconds. */
  wide(id: string): string
  /** `id desc` or `id asc`. */
  order(id: string): string
  /** Placeholder of how many rows are wanted. */
  rows: string
}

export async function keyPage(
  db: Reader,
  request: PageRequest,
  kind: 'event' | 'command' | 'batch',
  sources: (p: Parameters, bounds: Bounds) => Source[],
): Promise<KeyPage> {
  const { text, values, older } = keyPageSql(request, kind, sources)
  const found = await db.rows<Key>(text, values)
  const more = found.length > request.limit
  const keys = found.slice(0, request.limit)
  if (!older) keys.reverse()
  const first = keys[0]
  const last = keys[keys.length - 1]
  return {
    keys,
    next: last && (older ? more : true) ? encodeCursor({ direction: 'older', ...last }) : null,
    previous:
      first && (older ? request.cursor !== undefined : more) ? encodeCursor({ direction: 'newer', ...first }) : null,
  }
}

export function keyPageSql(
  request: PageRequest,
  kind: 'event' | 'command' | 'batch',
  sources: (p: Parameters, bounds: Bounds) => Source[],
): { text: string; values: unknown[]; older: boolean } {
  const p = new Parameters()
  const older = request.cursor?.direction !== 'newer'
  const tenants = request.tenant === undefined ? tenantsOf(kind) : `select ${p.add(request.tenant)}::uuid as tenant`
  const rows = p.add(request.limit + 1)
  const bounds = boundsOf(p, request, older, rows)
  const blocks = sources(p, bounds).map((source) => blockOf(source, bounds))
  const direction = older ? 'desc' : 'asc'
  const text = `with recursive tenants as materialized (${tenants})
    select tenant, id from (${blocks.length > 0 ? blocks.join('\nunion\n') : NOTHING}) u
    order by id ${direction}, tenant ${direction} limit ${rows}`
  return { text, values: p.values, older }
}

/** Filters that exclude each other. */
const NOTHING = 'select null::uuid as tenant, null::uuid as id where false'

function boundsOf(p: Parameters, { from, to, cursor }: PageRequest, older: boolean, rows: string): Bounds {
  const least = from === undefined ? undefined : `${p.add(floorOf(from))}::uuid`
  const end = to === undefined ? undefined : `${p.add(floorOf(to))}::uuid`
  const at = cursor && { id: `${p.add(cursor.id)}::uuid`, tenant: `${p.add(cursor.tenant)}::uuid` }
  const all = (conditions: string[]) => conditions.map((condition) => ` and ${condition}`).join('')
  return {
    older,
    rows,
    order: (id) => `${id} ${older ? 'desc' : 'asc'}`,
    wide: (id) =>
      all([
        ...(least ? [`${id} >= ${least}`] : []),
        ...(end ? [`${id} < ${end}`] : []),
        ...(at && older ? [`${id} <= ${sqlCeiling(at.id)}`] : []),
        ...(at && !older ? [`${id} >= ${sqlFloor(at.id)}`] : []),
      ]),
    on: (id) =>
      all([
        ...(least ? [`${id} >= ${least}`] : []),
        ...(end ? [`${id} < ${end}`] : []),
        ...(at && older ? [`${id} <= ${at.id} and (${id} < ${at.id} or s.tenant < ${at.tenant})`] : []),
        ...(at && !older ? [`${id} >= ${at.id} and (${id} > ${at.id} or s.tenant > ${at.tenant})`] : []),
      ]),
  }
}

function blockOf({ streams, from, id, unsorted }: Source, { on, order, rows }: Bounds): string {
  if (unsorted) {
    return `(select distinct s.tenant, x.id from (${streams}) s
      cross join lateral (select ${id} as id ${from}${on(id)}) x order by ${order('id')} limit ${rows})`
  }
  const take = (n: string) => `select ${id} as id ${from}${on(id)} order by ${order(id)} limit ${n}`
  return `(select best.tenant, x.id from (
      select s.*, head.id as head_id from (${streams}) s cross join lateral (${take('1')}) head
      order by ${order('head.id')} limit ${rows}
    ) best cross join lateral (select y.id from (select best.*) s cross join lateral (${take(rows)}) y) x
    order by ${order('x.id')} limit ${rows})`
}

/**
 * Every institution that has records: from the totals, and from what is not counted there yet. The many rows of each are
 * skipped over, not read.
 */
export function tenantsOf(kind: 'event' | 'command' | 'batch'): string {
  const skip = (table: string) => `(with recursive t as (
      (select tenant from cascata.${table} order by tenant limit 1)
      union all
      select n.tenant from t cross join lateral (
        select tenant from cascata.${table} where tenant > t.tenant order by tenant limit 1) n
    ) select tenant from t)`
  if (kind === 'batch') return skip('batches')
  return [skip('totals'), skip(`${kind}_queue`), '(select distinct tenant from cascata.tally_deltas)'].join(' union ')
}

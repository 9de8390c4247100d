import { type eventSeries, type InputOf, type ResponseOf, WINDOWS } from '../../contract/index.ts'
import { floorOf } from '../ids.ts'
import { tenantsOf } from '../keyset.ts'
import type { Names } from '../names.ts'
import { Parameters, type Reader } from '../read.ts'

type Response = ResponseOf<typeof eventSeries>

/** Events that are counted one by one for a short window; the oldest beyond it are left out, and it is said. */
const ONE_BY_ONE = 50_000
const HOUR_MS = 3_600_000
const LINES = 12
const OTHERS = '…'

interface Cell {
  key: string
  bucket: number
  n: number
}

/** Long windows come from the hourly tallies, short ones from the index of ids; failures and what is open are few. */
export async function eventSeriesOf(
  db: Reader,
  names: Names,
  input: InputOf<typeof eventSeries>,
  now = Date.now(),
): Promise<Response> {
  const { ms, bucketMs } = WINDOWS[input.window]
  const to = Math.ceil((now + 1) / bucketMs) * bucketMs
  const from = to - ms
  const { cells, countedFrom } =
    bucketMs >= HOUR_MS
      ? { cells: await fromTallies(db, input, from, bucketMs), countedFrom: undefined }
      : await oneByOne(db, input, from, bucketMs)
  const length = Math.round(ms / bucketMs)
  const lines = new Map<string, number[]>()
  for (const { key, bucket, n } of cells) {
    if (bucket < 0 || bucket >= length) continue
    const line = lines.get(key) ?? new Array<number>(length).fill(0)
    line[bucket] = (line[bucket] as number) + n
    lines.set(key, line)
  }
  return {
    window: input.window,
    by: input.by,
    bucketMs,
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    countedFrom: countedFrom === undefined ? null : new Date(countedFrom).toISOString(),
    series: largestFirst(lines).map(({ key, counts, total }) => ({
      key,
      label: input.by === 'type' ? names.label('event', key) : null,
      total,
      counts,
    })),
  }
}

function largestFirst(lines: Map<string, number[]>) {
  const all = [...lines]
    .map(([key, counts]) => ({ key, counts, total: counts.reduce((a, b) => a + b, 0) }))
    .sort((a, b) => b.total - a.total || a.key.localeCompare(b.key))
  if (all.length <= LINES) return all
  const rest = all.slice(LINES - 1)
  const counts = (rest[0]?.counts ?? []).map((_, i) => rest.reduce((sum, line) => sum + (line.counts[i] ?? 0), 0))
  return [...all.slice(0, LINES - 1), { key: OTHERS, counts, total: counts.reduce((a, b) => a + b, 0) }]
}

type Filters = { tenant?: string | undefined; type?: string[] | undefined; by: 'status' | 'type' }

function conditions(p: Parameters, filters: Filters) {
  const tenant = filters.tenant === undefined ? undefined : p.add(filters.tenant.toLowerCase())
  const type = filters.type === undefined ? undefined : p.add(filters.type)
  return (alias: string) =>
    `${tenant ? ` and ${alias}.tenant = ${tenant}::uuid` : ''}${type ? ` and ${alias}.type = any(${type}::text[])` : ''}`
}

/** What failed, and what is open, since an instant: by the index of failures and from the queue. */
function notSuccessful(p: Parameters, filters: Filters, least: string, bucket: (id: string) => string): string {
  const where = conditions(p, filters)
  const tenants =
    filters.tenant === undefined ? tenantsOf('event') : `select ${p.add(filters.tenant.toLowerCase())}::uuid as tenant`
  return `with recursive tenants as materialized (${tenants}), open as materialized (
      select q.tenant, q.event_id,
        case when bool_or(q.state = 'processing') then 'processing'
             when bool_or(q.state in ('pending', 'parked')) then 'pending' else 'scheduled' end as status
      from cascata.event_queue q where q.event_id >= ${least}::uuid and q.state <> 'absent'${where('q')} group by 1, 2
    )
    select status as key, ${bucket('event_id')} as bucket, count(*)::integer as n from open group by 1, 2
    union all
    select 'error', ${bucket('x.event_id')}, count(*)::integer from tenants t cross join lateral (
      select distinct h.event_id from cascata.event_handlings h
      where h.tenant = t.tenant and h.outcome = 'error' and h.final and h.event_id >= ${least}::uuid${where('h')}
        and not exists (select 1 from open o where o.tenant = h.tenant and o.event_id = h.event_id)
    ) x group by 2`
}

const bucketOfId = (from: string, width: string) => (id: string) =>
  `floor((cascata.uuid_ms(${id}) - ${from}::double precision) / ${width}::double precision)::integer`

async function fromTallies(db: Reader, filters: Filters, from: number, bucketMs: number): Promise<Cell[]> {
  const p = new Parameters()
  const [start, width] = [p.add(from), p.add(bucketMs)]
  const where = conditions(p, filters)
  const created = await db.rows<Cell>(
    `select ${filters.by === 'type' ? 'x.type' : `'success'`} as key,
       floor((extract(epoch from x.hour) * 1000 - ${start}::double precision) / ${width}::double precision)::integer as bucket,
       sum(x.n)::double precision as n
     from (
       select t.tenant, t.type, t.hour, t.n from cascata.tallies t
       where t.kind = 'event' and t.status = 'created' and t.hour >= to_timestamp(${start}::double precision / 1000)
       union all
       select u.tenant, u.type, u.hour, u.n from cascata.unfolded u
       where u.kind = 'event' and u.status = 'created' and u.hour >= to_timestamp(${start}::double precision / 1000)
     ) x where true${where('x')} group by 1, 2`,
    p.values,
  )
  if (filters.by === 'type') return created
  const q = new Parameters()
  const bucket = bucketOfId(q.add(from), q.add(bucketMs))
  const others = await db.rows<Cell>(notSuccessful(q, filters, q.add(floorOf(from)), bucket), q.values)
  const lost = new Map<number, number>()
  for (const cell of others) lost.set(cell.bucket, (lost.get(cell.bucket) ?? 0) + cell.n)
  return [...created.map((cell) => ({ ...cell, n: Math.max(0, cell.n - (lost.get(cell.bucket) ?? 0)) })), ...others]
}

async function oneByOne(
  db: Reader,
  filters: Filters,
  from: number,
  bucketMs: number,
): Promise<{ cells: Cell[]; countedFrom: number | undefined }> {
  const p = new Parameters()
  const tenants =
    filters.tenant === undefined ? tenantsOf('event') : `select ${p.add(filters.tenant.toLowerCase())}::uuid as tenant`
  const least = p.add(floorOf(from))
  const type = filters.type === undefined ? '' : ` and e.type = any(${p.add(filters.type)}::text[])`
  const bucket = bucketOfId(p.add(from), p.add(bucketMs))
  const rows = await db.rows<Cell & { oldest: string; seen: number }>(
    `with recursive tenants as materialized (${tenants}), latest as materialized (
       select e.id${filters.by === 'type' ? ', e.type' : ''} from tenants t cross join lateral (
         select e.id, e.type from cascata.events e where e.tenant = t.tenant and e.id >= ${least}::uuid${type}
         order by e.id desc limit ${ONE_BY_ONE}) e
       order by e.id desc limit ${ONE_BY_ONE}
     )
     select ${filters.by === 'type' ? 'type' : `'success'`} as key, ${bucket('id')} as bucket, count(*)::integer as n,
       (select min(cascata.uuid_ms(id)) from latest) as oldest, (select count(*)::integer from latest) as seen
     from latest group by 1, 2`,
    p.values,
  )
  const capped = (rows[0]?.seen ?? 0) >= ONE_BY_ONE
  // The bucket in which the counting stopped is not whole: it is left out too.
  const countedFrom = capped
    ? from + (Math.floor((Number(rows[0]?.oldest) - from) / bucketMs) + 1) * bucketMs
    : undefined
  const counted = rows.filter((row) => countedFrom === undefined || row.bucket * bucketMs + from >= countedFrom)
  if (filters.by === 'type') return { cells: counted, countedFrom }
  const q = new Parameters()
  const others = await db.rows<Cell>(
    notSuccessful(q, filters, q.add(floorOf(countedFrom ?? from)), bucketOfId(q.add(from), q.add(bucketMs))),
    q.values,
  )
  const lost = new Map<number, number>()
  for (const cell of others) lost.set(cell.bucket, (lost.get(cell.bucket) ?? 0) + cell.n)
  const successes = counted.map((cell) => ({ ...cell, n: Math.max(0, cell.n - (lost.get(cell.bucket) ?? 0)) }))
  return { cells: [...successes, ...others], countedFrom }
}

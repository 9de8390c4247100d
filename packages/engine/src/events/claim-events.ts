import type pg from 'pg'
import { type RunStatement, type Statement, statement } from '../postgres/pools.ts'
import type { WalkedPiece } from '../processor/backlog-walk.ts'
import { lastInTurn } from '../processor/tenant-round.ts'

/** An event, or one handler of it that is tried again, that this daemon holds. */
export interface EventClaim {
  readonly tenant: string
  readonly eventId: string
  /** '' = first processing: every handler is to run. */
  readonly handler: string
  readonly type: string
  /** JSON text: each handler is given a value of its own. */
  readonly data: string
  readonly rootId: string
  readonly entityType: string | undefined
  readonly entityId: string | undefined
  readonly actor: string | undefined
  readonly trace: string | undefined
  readonly occurredAt: Date
  readonly claimNo: number
  readonly failures: number
  readonly crashes: number
  /** How often in a row a daemon did not know its data. */
  readonly refusals: number
  readonly token: string
}

interface Row {
  tenant: string
  event_id: string
  handler: string
  type: string
  data: string
  root_id: string
  entity_type: string | null
  entity_id: string | null
  actor: string | null
  trace: string | null
  occurred_at: Date
  claim_no: number
  failures: number
  crashes: number
  refusals: number
}

/** Without a type it is no claim, but says how far was walked; without an event, where the turn ended. */
type WalkRow = Row | (Pick<Row, 'tenant' | 'claim_no' | 'failures'> & { event_id: string | null; type: null })

const TENANTS_MAX = 100

// As for commands: tenants in rotation, an equal share each, the oldest first.
const CLAIMED = `(
    select c.tenant, c.event_id, c.handler, c.type, c.root_id, c.claim_no, c.failures, c.crashes, c.refusals,
      e.data::text as data, e.entity_type, e.entity_id, e.actor, e.trace, e.occurred_at
    from claimed c cross join lateral (
      select * from cascata.events e where e.tenant = c.tenant and e.id = c.event_id limit 1
    ) e
  ) c`

const taken = (picked: string): string => `
  picked as materialized (${picked}), claimed as (
    update cascata.event_queue q
    set state = 'processing', claim_no = q.claim_no + 1, token = $3, claimed_by = $4, started = false
    from picked p where q.tenant = any(array[p.tenant]) and q.event_id = p.event_id and q.handler = p.handler
    returning q.*
  )`

const inOrder = (from = CLAIMED, more = ''): string => `
  select c.tenant, c.event_id, c.handler, c.type, c.root_id, c.claim_no, c.failures, c.crashes, c.refusals,
    c.data, c.entity_type, c.entity_id, c.actor, c.trace, c.occurred_at${more}
  from ${from}
  order by c.event_id, c.handler`

const claimed = (picked: string): string => `${taken(picked)} ${inOrder()}`

const fresh = (bare: string): string => `fresh as materialized (
    select t.type from unnest($1::text[]) as t(type)
    union all
    select t.type from unnest(${bare}::text[]) as t(type) where not exists (
      select 1 from cascata.subscriptions s where s.event_type = t.type and s.ended_at is null)
  )`

// A fresh event is claimed by whoever has one of its handlers; what others have is left to them when it is settled. One
// of which no running daemon wants to hear is claimed by whoever knows its type.
const mine = `((q.handler = '' and q.type in (select type from fresh)) or q.type || '/' || q.handler = any($2::text[]))`

const TURN = `later as (
     (select tenant, 1 as n from cascata.event_queue
      where state = 'pending' and crashes < 2 and tenant > $5 order by tenant, event_id limit 1)
     union all
     select (select q.tenant from cascata.event_queue q
             where q.state = 'pending' and q.crashes < 2 and q.tenant > l.tenant
             order by q.tenant, q.event_id limit 1), l.n + 1
     from later l where l.tenant is not null and l.n < ${TENANTS_MAX}
   ), earlier as (
     (select tenant, 1 as n from cascata.event_queue
      where state = 'pending' and crashes < 2 and tenant <= $5 order by tenant, event_id limit 1)
     union all
     select (select q.tenant from cascata.event_queue q
             where q.state = 'pending' and q.crashes < 2 and q.tenant > e.tenant and q.tenant <= $5
             order by q.tenant, q.event_id limit 1), e.n + 1
     from earlier e where e.tenant is not null and e.n < ${TENANTS_MAX}
   ), turn as (
     select tenant, row_number() over (order by half, n) as place
     from (select 0 as half, n, tenant from later union all select 1, n, tenant from earlier) t
     where tenant is not null limit ${TENANTS_MAX}
   )`

/** Each tenant of a turn gets an equal share. */
const SHARE = 'greatest(1, ceil($6::bigint / (select count(*) from turn)::numeric))::bigint'

const claim: Statement = statement(
  'claim_events',
  `with recursive ${TURN}, ${fresh('$7')}, ${taken(`
     select p.tenant, p.event_id, p.handler
     from turn cross join lateral (
       select q.tenant, q.event_id, q.handler from cascata.event_queue q
       where q.tenant = turn.tenant and q.state = 'pending' and q.crashes < 2 and ${mine}
       order by q.event_id limit ${SHARE} for update skip locked
     ) p
     order by turn.place limit $6::bigint`)}
   ${inOrder(
     // When nothing was found, how far it was looked: so many tenants have nothing for this daemon.
     `(select 1) one left join ${CLAIMED} on true`,
     `, case when c.event_id is null then (select tenant from turn order by place desc limit 1) end as looked_to,
    case when c.event_id is null then (select count(*)::integer from turn) end as looked`,
   )}`,
)

/** Rows that one walking claim reads at the most. */
const WALK_MAX = 10_000
const NIL = '00000000-0000-0000-0000-000000000000'
const PART = `greatest(${WALK_MAX / TENANTS_MAX}, ${WALK_MAX} / coalesce(nullif($10::bigint, 0), (select count(*) from turn)))`
const BEHIND = `q.tenant = turn.tenant and q.state = 'pending' and q.crashes < 2 and q.event_id > coalesce(b.event_id, '${NIL}'::uuid)`

// The same where others' backlogs lie before what is ours: of each tenant no more than a part is read, behind the place that the
// last walk came to. Only fresh events are walked to: a handler's rows are old when they come (another service left them, or
// they are tried again), and an index of their own has them. Those get half of the set.
const walk: Statement = statement(
  'walk_events',
  `with recursive ${TURN}, ${fresh('$7')}, behind as materialized (
     select * from unnest($8::uuid[], $9::uuid[]) as b(tenant, event_id)
   ), begun as materialized (
     select p.tenant, p.event_id, p.handler
     from (select split_part(n, '/', 1) as type, split_part(n, '/', 2) as handler from unnest($2::text[]) n) s
     cross join lateral (
       select q.tenant, q.event_id, q.handler from cascata.event_queue q
       where q.type = any(array[s.type]) and q.handler = any(array[s.handler]) and q.handler <> ''
         and q.state = 'pending' and q.crashes < 2
       order by q.event_id limit ($6::bigint + 1) / 2 for update skip locked
     ) p limit ($6::bigint + 1) / 2
   ), ours as materialized (
     select turn.tenant, turn.place, w.event_id
     from turn left join behind b on b.tenant = turn.tenant cross join lateral (
       select * from (
         select q.event_id, q.handler, q.type from cascata.event_queue q
         where ${BEHIND} order by q.event_id limit ${PART}
       ) w where w.handler = '' and w.type in (select type from fresh) limit ${SHARE}
     ) w
   ), first as materialized (
     select q.tenant, q.event_id, q.handler
     from (select * from ours order by place, event_id limit $6::bigint - (select count(*) from begun)) o
     join cascata.event_queue q on q.tenant = any(array[o.tenant]) and q.event_id = o.event_id and q.handler = ''
     where q.state = 'pending' and q.crashes < 2 for update of q skip locked
   ), walked as (
     select turn.tenant, w.event_id, w.n < ${PART} as ended, coalesce(f.n, 0) as found
     from turn left join behind b on b.tenant = turn.tenant
     left join (select place, count(*) as n from ours group by place) f on f.place = turn.place
     cross join lateral (
       select * from (
         select q.event_id, row_number() over (order by q.event_id) as n from cascata.event_queue q
         where ${BEHIND} order by q.event_id limit ${PART}
       ) w order by w.n desc limit 1
     ) w
     where coalesce(f.n, 0) < ${SHARE}
   ), ${taken('select * from begun union all select * from first')}
   (${inOrder()})
   union all
   select tenant, null, null, null, null, 0, 0::smallint, 0::smallint, 0::smallint, null, null, null, null, null, null
   from turn where place = ${TENANTS_MAX}
   union all
   select tenant, event_id, null, null, null, found::integer, ended::integer::smallint, 0::smallint, 0::smallint,
     null, null, null, null, null, null
   from walked`,
)

// An event with which a daemon has died twice is processed alone.
const suspect: Statement = statement(
  'claim_suspect_event',
  `with ${fresh('$5')}, ${claimed(`
     select q.tenant, q.event_id, q.handler from cascata.event_queue q
     where q.state = 'pending' and q.crashes >= 2 and ${mine}
     order by q.tenant, q.event_id limit 1 for update skip locked`)}`,
)

// Of handlers that are run apart: the oldest of each, whatever its crashes.
const apart: Statement = statement(
  'claim_events_apart',
  `with ${claimed(`
     select p.tenant, p.event_id, p.handler
     from (select split_part(n, '/', 1) as type, split_part(n, '/', 2) as handler from unnest($1::text[]) n) s
     cross join lateral (
       select q.tenant, q.event_id, q.handler from cascata.event_queue q
       where q.type = any(array[s.type]) and q.handler = any(array[s.handler]) and q.handler <> '' and q.state = 'pending'
       order by q.event_id limit 1 for update skip locked
     ) p limit $2`)}`,
)

export interface ClaimEventsOptions {
  pool: pg.Pool
  run: RunStatement
  daemonId: string
  /** Types of events of which it has a handler. */
  types: readonly string[]
  /** Types that it knows, and has no handler of. */
  bareTypes: readonly string[]
  /** `type/handler` of every handler of this daemon. */
  handlers: readonly string[]
}

export interface Claimed {
  readonly claims: EventClaim[]
}

export interface Look extends Claimed {
  /** The last tenant in turn that was looked at. */
  readonly cursor: string
  /** Every tenant that has work was looked at. */
  readonly all: boolean
}

/** @param cursor the tenant behind which to begin. */
export async function claimEvents(
  { pool, run, daemonId, types, bareTypes, handlers }: ClaimEventsOptions,
  limit: number,
  cursor: string,
  token: string,
): Promise<Look> {
  const values = [types, handlers, token, daemonId, cursor, limit, bareTypes]
  const rows = await run<Row & { looked_to: string | null; looked: number | null }>(pool, claim, values)
  const [first] = rows
  if (first?.looked !== null && first?.looked !== undefined) {
    return { claims: [], cursor: first.looked_to ?? cursor, all: first.looked < TENANTS_MAX }
  }
  const claims = rows.map((row) => claimOf(row, token))
  const tenants = claims.map(({ tenant }) => tenant)
  return { claims, cursor: lastInTurn(tenants, cursor), all: false }
}

/** A place within a tenant's events. */
export interface Place {
  readonly tenant: string
  readonly eventId: string
}

/** As `claimEvents`, but of each tenant behind a place, and no more than some thousand rows of all. */
export async function walkEvents(
  { pool, run, daemonId, types, bareTypes, handlers }: ClaimEventsOptions,
  limit: number,
  cursor: string,
  behind: readonly Place[],
  among: number,
  token: string,
): Promise<WalkedPiece<EventClaim, Place>> {
  const places = [behind.map(({ tenant }) => tenant), behind.map(({ eventId }) => eventId)]
  const values = [types, handlers, token, daemonId, cursor, limit, bareTypes, ...places, among]
  const rows = await run<WalkRow>(pool, walk, values)
  return {
    claims: rows.flatMap((row) => (isClaimed(row) ? [claimOf(row, token)] : [])),
    turnEnd: rows.find(({ event_id }) => event_id === null)?.tenant,
    walked: rows.flatMap(({ tenant, type, event_id, claim_no, failures }) =>
      type === null && event_id !== null ? [{ tenant, eventId: event_id, found: claim_no, ended: failures === 1 }] : [],
    ),
  }
}

export async function claimSuspectEvent(
  { pool, run, daemonId, types, bareTypes, handlers }: ClaimEventsOptions,
  token: string,
): Promise<Claimed> {
  const rows = await run<Row>(pool, suspect, [types, handlers, token, daemonId, bareTypes])
  return { claims: rows.map((row) => claimOf(row, token)) }
}

/** @param names `type/handler` of those that may be taken, one event each. */
export async function claimApart(
  { pool, run, daemonId }: ClaimEventsOptions,
  names: readonly string[],
  limit: number,
  token: string,
): Promise<Claimed> {
  const rows = await run<Row>(pool, apart, [names, limit, token, daemonId])
  return { claims: rows.map((row) => claimOf(row, token)) }
}

function isClaimed(row: WalkRow): row is Row {
  return row.type !== null
}

function claimOf(row: Row, token: string): EventClaim {
  return {
    tenant: row.tenant,
    eventId: row.event_id,
    handler: row.handler,
    type: row.type,
    data: row.data,
    rootId: row.root_id,
    entityType: row.entity_type ?? undefined,
    entityId: row.entity_id ?? undefined,
    actor: row.actor ?? undefined,
    trace: row.trace ?? undefined,
    occurredAt: row.occurred_at,
    claimNo: row.claim_no,
    failures: row.failures,
    crashes: row.crashes,
    refusals: row.refusals,
    token,
  }
}

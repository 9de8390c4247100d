import type pg from 'pg'
import { type RunStatement, type Statement, statement } from '../postgres/pools.ts'
import type { WalkedPiece } from '../processor/backlog-walk.ts'
import { LANES } from './command.ts'

/** A command that this daemon holds: nobody else may finish it while the token matches. */
export interface CommandClaim {
  readonly tenant: string
  readonly id: string
  readonly type: string
  /** JSON text: each run parses a value of its own. */
  readonly data: string
  /** W3C traceparent of what it follows from. */
  readonly trace: string | undefined
  readonly rootId: string
  readonly batchId: string | undefined
  /** The first of a chain of reprocessings; undefined for the first itself. */
  readonly originalId: string | undefined
  readonly lane: number
  readonly priority: number
  readonly claimNo: number
  readonly failures: number
  readonly crashes: number
  /** How often in a row it was given back without a failure counted. */
  readonly releases: number
  /** How often a daemon did not know its data. */
  readonly refusals: number
  readonly token: string
}

interface Row {
  tenant: string
  /** Null in a row that says how far was looked: see {@link Look}. */
  id: string | null
  type: string | null
  data: string
  trace: string | null
  root_id: string
  batch_id: string | null
  original_id: string | null
  lane: number
  priority: number
  claim_no: number
  failures: number
  crashes: number
  releases: number
  refusals: number
}

/** Crashes after which a command ends in error instead of taking down another daemon. */
export const CRASHES_MAX = 5
/** Crashes after which it runs once more, with nothing beside it: nothing is given up for what another did. */
export const LAST_TRIAL = CRASHES_MAX - 1

/** How many tenants one claim serves at the most; the cursor goes on with the others at the next. */
const TENANTS_MAX = 100

// The facts are looked up one by one (LATERAL … LIMIT 1), so that each look-up prunes to one partition.
const CLAIMED = `select c.tenant, c.id, c.type, c.root_id, c.batch_id, c.original_id, c.lane, c.priority, c.claim_no, c.failures,
       c.crashes, c.releases, c.refusals, f.data::text, f.trace
     from claimed c cross join lateral (
       select data, trace from cascata.commands f where f.tenant = c.tenant and f.id = c.id limit 1
     ) f`

// The rows that were locked are found again by where they lie: one buffer each where the key takes four. IS NOT DISTINCT
// FROM, which no index can serve: by the statistics of an empty queue the tenant's index looked as cheap as the place, and
// each row was looked for among all of the tenant's (14 s for 8,000).
const TAKE_PICKED = `claimed as (
       update cascata.command_queue q
       set state = 'processing', claim_no = q.claim_no + 1, token = $4, claimed_by = $5, started = false
       from picked p where q.tenant is not distinct from p.tenant and q.ctid = p.row
       returning q.*, p.place
     )`
const IN_ORDER = `${CLAIMED}
     order by c.place, c.priority, c.id`

/** How many tenants a claim looks at: for few commands few, so that it costs what it takes. */
const TURN = `least(${TENANTS_MAX}, greatest(10, $3::bigint))`

// The due tenants of this lane after the cursor, then those before it: a skip-scan, so its cost grows with the tenants
// served and not with their backlogs; ordered as the lane's index is, lest the primary key look as good.
const turnOf = (lane: number) => `later as (
       (select tenant, 1 as n from cascata.command_queue
        where state = 'pending' and lane = ${lane} and crashes < 2 and tenant > $1
        order by tenant, priority, id limit 1)
       union all
       select (select q.tenant from cascata.command_queue q
               where q.state = 'pending' and q.lane = ${lane} and q.crashes < 2 and q.tenant > l.tenant
               order by q.tenant, q.priority, q.id limit 1), l.n + 1
       from later l where l.tenant is not null and l.n < ${TURN}
     ), earlier as (
       (select tenant, 1 as n from cascata.command_queue
        where state = 'pending' and lane = ${lane} and crashes < 2 and tenant <= $1
        order by tenant, priority, id limit 1)
       union all
       select (select q.tenant from cascata.command_queue q
               where q.state = 'pending' and q.lane = ${lane} and q.crashes < 2 and q.tenant > e.tenant and q.tenant <= $1
               order by q.tenant, q.priority, q.id limit 1), e.n + 1
       from earlier e where e.tenant is not null and e.n < ${TURN}
     ), turn as (
       select tenant, row_number() over (order by half, n) as place
       from (select 0 as half, n, tenant from later union all select 1, n, tenant from earlier) t
       where tenant is not null limit ${TURN}
     )`

/** Each tenant of a turn gets an equal share. */
const SHARE = 'greatest(1, ceil($3::bigint / (select count(*) from turn)::numeric))::bigint'

// The last of a turn, when there may be tenants behind it.
const TURN_END = `select tenant, null::uuid as id, null as type, null::uuid as root_id, null::uuid as batch_id, null::uuid as original_id,
       0::smallint as lane, 0::smallint as priority, 0 as claim_no, 0::smallint as failures, 0::smallint as crashes,
       0::smallint as releases, 0::smallint as refusals, null::text as data, null::text as trace
     from turn where place = ${TURN}`

// MATERIALIZED, so that the planner cannot run the LIMIT twice and claim more than asked. One token a claim, made outside: no
// volatile function in an UPDATE.
const byLane: Statement[] = LANES.map((_, lane) =>
  statement(
    `claim_commands_${lane}`,
    `with recursive ${turnOf(lane)}, picked as materialized (
       select p.tenant, p.row, turn.place
       from turn cross join lateral (
         select q.tenant, q.ctid as row from cascata.command_queue q
         where q.tenant = turn.tenant and q.state = 'pending' and q.lane = ${lane} and q.crashes < 2
           and q.type = any($2::text[])
         order by q.priority, q.id
         limit ${SHARE}
         for update skip locked
       ) p
       order by turn.place limit $3::bigint
     ), ${TAKE_PICKED}
     (${IN_ORDER}) union all ${TURN_END}`,
  ),
)

/** How many rows one walking claim reads at the most. */
const WALK_MAX = 10_000
const NIL = '00000000-0000-0000-0000-000000000000'

// The same where others' backlogs lie before what is ours: of each tenant no more than a part is read, behind the place that the
// last walk came to. Who got less than a share is told how far the walk came.
const walkingByLane: Statement[] = LANES.map((_, lane) => {
  const part = `greatest(${WALK_MAX / TENANTS_MAX}, ${WALK_MAX} / coalesce(nullif($9::bigint, 0), (select count(*) from turn)))`
  const behind = `q.tenant = turn.tenant and q.state = 'pending' and q.lane = ${lane} and q.crashes < 2
           and (q.priority, q.id) > (coalesce(b.priority, '-32768'::smallint), coalesce(b.id, '${NIL}'::uuid))`
  return statement(
    `walk_commands_${lane}`,
    `with recursive ${turnOf(lane)}, behind as materialized (
       select * from unnest($6::uuid[], $7::smallint[], $8::uuid[]) as b(tenant, priority, id)
     ), ours as materialized (
       select turn.tenant, turn.place, w.row, w.priority, w.id
       from turn left join behind b on b.tenant = turn.tenant cross join lateral (
         select * from (
           select q.ctid as row, q.priority, q.id, q.type from cascata.command_queue q
           where ${behind} order by q.priority, q.id limit ${part}
         ) w where w.type = any($2::text[]) limit ${SHARE}
       ) w
     ), picked as materialized (
       select q.tenant, q.ctid as row, o.place
       from (select * from ours order by place, priority, id limit $3::bigint) o
       join cascata.command_queue q on q.tenant is not distinct from o.tenant and q.ctid = o.row
       where q.state = 'pending' and q.crashes < 2 for update of q skip locked
     ), walked as (
       select turn.tenant, w.id, w.priority, w.n < ${part} as ended, coalesce(f.n, 0) as found
       from turn left join behind b on b.tenant = turn.tenant
       left join (select place, count(*) as n from ours group by place) f on f.place = turn.place
       cross join lateral (
         select * from (
           select q.priority, q.id, row_number() over (order by q.priority, q.id) as n from cascata.command_queue q
           where ${behind} order by q.priority, q.id limit ${part}
         ) w order by w.priority desc, w.id desc limit 1
       ) w
       where coalesce(f.n, 0) < ${SHARE}
     ), ${TAKE_PICKED}
     (${IN_ORDER}) union all ${TURN_END}
     union all
     select tenant, id, null, null, null, null, 0::smallint, priority, found::integer, ended::integer::smallint, 0::smallint,
       0::smallint, 0::smallint, null, null
     from walked`,
  )
})

// The next of one tenant: what is before them in the index was claimed, and as long as an old snapshot is held somewhere,
// each claim from the beginning walks over all of it.
const behindByLane: Statement[] = LANES.map((_, lane) =>
  statement(
    `claim_commands_behind_${lane}`,
    `with picked as materialized (
       select q.tenant, q.ctid as row, 1 as place from cascata.command_queue q
       where q.tenant = $1 and q.state = 'pending' and q.lane = ${lane} and q.crashes < 2
         and (q.priority, q.id) > ($6::smallint, $7::uuid) and q.type = any($2::text[])
       order by q.priority, q.id limit $3::bigint for update skip locked
     ), ${TAKE_PICKED}
     ${IN_ORDER}`,
  ),
)

// Who holds nothing else takes the last trial first. Otherwise the least suspicious come first: once they have ended well,
// they are not there when the culprit kills the next daemon.
const suspect = statement(
  'claim_suspect_command',
  `with picked as materialized (
     select tenant, id from cascata.command_queue
     where state = 'pending' and crashes >= 2 and type = any($1::text[]) and (crashes <> ${LAST_TRIAL} or $4)
       and lane = any($5::smallint[])
     order by crashes <> ${LAST_TRIAL}, crashes, tenant, id limit 1 for update skip locked
   ), claimed as (
     update cascata.command_queue q
     set state = 'processing', claim_no = q.claim_no + 1, token = $2, claimed_by = $3, started = false
     from picked p where q.tenant = any(array[p.tenant]) and q.id = p.id
     returning q.*
   )
   ${CLAIMED}`,
)

const lastTrial = statement(
  'last_trial_waits',
  `select 1 from cascata.command_queue
   where state = 'pending' and crashes >= 2 and crashes = ${LAST_TRIAL} and type = any($1::text[])
     and lane = any($2::smallint[]) limit 1`,
)

export interface ClaimOptions {
  pool: pg.Pool
  run: RunStatement
  daemonId: string
  types: readonly string[]
  /** For suspects, which are claimed whatever their lane. */
  lanes: readonly number[]
}

/** What a claim took, and where it looked. */
export interface Look {
  readonly claims: CommandClaim[]
  /** The last tenant that it looked at; undefined: it looked at all that have something pending. */
  readonly turnEnd: string | undefined
}

/** Takes up to `limit` commands of one lane, oldest first within a tenant, tenants in rotation after `cursor`. */
export async function claimCommands(
  { pool, run, daemonId, types }: ClaimOptions,
  lane: number,
  limit: number,
  cursor: string,
  token: string,
): Promise<Look> {
  const rows = await run<Row>(pool, byLane[lane] as Statement, [cursor, types, limit, token, daemonId])
  const turnEnd = rows.at(-1)?.id === null ? rows.pop()?.tenant : undefined
  return { claims: claimsOf(rows, token), turnEnd }
}

/** A place within a tenant's commands of one lane. */
export interface Place {
  readonly tenant: string
  readonly priority: number
  readonly id: string
}

/** As `claimCommands`, but of each tenant behind a place, and no more than some thousand rows of all. */
export async function walkCommands(
  { pool, run, daemonId, types }: ClaimOptions,
  lane: number,
  limit: number,
  cursor: string,
  behind: readonly Place[],
  among: number,
  token: string,
): Promise<WalkedPiece<CommandClaim, Place>> {
  const places = [
    behind.map(({ tenant }) => tenant),
    behind.map(({ priority }) => priority),
    behind.map(({ id }) => id),
  ]
  const values = [cursor, types, limit, token, daemonId, ...places, among]
  const rows = await run<Row>(pool, walkingByLane[lane] as Statement, values)
  const walked = rows.flatMap(({ tenant, type, id, priority, claim_no, failures }) =>
    type === null && id !== null ? [{ tenant, priority, id, found: claim_no, ended: failures === 1 }] : [],
  )
  const turnEnd = rows.find(({ id }) => id === null)?.tenant
  return { claims: claimsOf(rows.filter(isClaimed), token), turnEnd, walked }
}

/** Takes up to `limit` commands of one tenant and lane that come after one that was claimed. */
export async function claimCommandsBehind(
  { pool, run, daemonId, types }: ClaimOptions,
  lane: number,
  limit: number,
  { tenant, priority, id }: Pick<CommandClaim, 'tenant' | 'priority' | 'id'>,
  token: string,
): Promise<CommandClaim[]> {
  const values = [tenant, types, limit, token, daemonId, priority, id]
  return claimsOf(await run<Row>(pool, behindByLane[lane] as Statement, values), token)
}

/**
 * Takes one command that was running at two deaths; undefined: there is none.
 * @param alone nothing else is held, so that it may be one whose last trial it is.
 */
export async function claimSuspectCommand(
  { pool, run, daemonId, types, lanes }: ClaimOptions,
  alone: boolean,
  token: string,
): Promise<CommandClaim | undefined> {
  const rows = await run<Row>(pool, suspect, [types, token, daemonId, alone, lanes])
  return claimsOf(rows, token)[0]
}

/** Whether a command waits that only a daemon which holds nothing else may claim. */
export async function lastTrialWaits({ pool, run, types, lanes }: ClaimOptions): Promise<boolean> {
  return (await run(pool, lastTrial, [types, lanes])).length > 0
}

function claimsOf(rows: readonly Row[], token: string): CommandClaim[] {
  return rows.map((row) => ({
    tenant: row.tenant,
    id: row.id as string,
    type: row.type as string,
    data: row.data,
    trace: row.trace ?? undefined,
    rootId: row.root_id,
    batchId: row.batch_id ?? undefined,
    originalId: row.original_id ?? undefined,
    lane: row.lane,
    priority: row.priority,
    claimNo: row.claim_no,
    failures: row.failures,
    crashes: row.crashes,
    releases: row.releases,
    refusals: row.refusals,
    token,
  }))
}

function isClaimed({ type }: Row): boolean {
  return type !== null
}

/**
 * Months of history in a migrated, empty engine schema, made by SQL: what lists, claims and retention meet in a database
 * that has been used. Deterministic for its options, except for the moment that it ends at.
 *
 * Units are spread evenly over the weeks. Of 37 units, 36 are an event and its one command; the last is a story as told by
 * the academy: event → command → batch of 34 commands → next command. So 37 units make 72 commands.
 */
import pg from 'pg'

export interface HistoryOptions {
  /** About so many commands. */
  commands: number
  /** Their sizes differ: the largest has some ten times as much as the smallest. Default 40. */
  tenants?: number
  /** Default 12. */
  weeks?: number
  /** The newest events, which no daemon has handled and which have no command; at most 300. Default 20. */
  unheard?: number
}

export interface History {
  tenants: string[]
  events: number
  commands: number
  attempts: number
  batches: number
  /** Commands that are not finished. */
  open: number
}

const UNITS_PER_CYCLE = 37
const COMMANDS_PER_CYCLE = 72
/** Units per transaction: temporary tables of that many rows stay in memory. */
const CHUNK = 20_000

export async function fillHistory(url: string, options: HistoryOptions): Promise<History> {
  const { commands, tenants = 40, weeks = 12, unheard = 20 } = options
  const units = Math.ceil((commands / COMMANDS_PER_CYCLE) * UNITS_PER_CYCLE)
  const until = Date.now()
  const from = until - weeks * 7 * 86_400_000
  const ids = Array.from({ length: tenants }, (_, i) => `00000000-0000-4000-8000-${String(i + 1).padStart(12, '0')}`)

  await withClient(url, async (client) => {
    await client.query('select cascata.create_partitions($1, $2)', [new Date(from), new Date(until + 28 * 86_400_000)])
  })
  const chunks = Array.from({ length: Math.ceil(units / CHUNK) }, (_, i) => i * CHUNK)
  const work = async () => {
    await withClient(url, async (client) => {
      await client.query(
        `set synchronous_commit = off; set work_mem = '64MB'; set temp_buffers = '64MB'; set jit = off`,
      )
      await client.query(HELPERS)
      for (let lo = chunks.shift(); lo !== undefined; lo = chunks.shift()) {
        const values = [lo, Math.min(lo + CHUNK, units), from, (until - from) / units, ids, units, unheard]
        await client.query('begin')
        for (const statement of STATEMENTS) {
          await client.query(statement.includes('$1') ? { text: statement, values } : statement)
        }
        await client.query('commit')
      }
    })
  }
  await Promise.all([work(), work()])

  return await withClient(url, async (client) => {
    for (;;) {
      const { rows } = await client.query<{ n: number }>('select cascata.fold_tallies() as n')
      if (rows[0]?.n === 0) break
    }
    // The engine's tables alone: the catalogues of a database with some hundred partitions take as long again.
    const { rows: filled } = await client.query<{ tables: string }>(
      `select string_agg(oid::regclass::text, ', ') as tables from pg_class
       where relnamespace = 'cascata'::regnamespace and relkind in ('r', 'p')`,
    )
    await client.query(`vacuum (analyze) ${filled[0]?.tables}`)
    const { rows } = await client.query<Omit<History, 'tenants'>>(
      `select (select count(*)::integer from cascata.events) as events,
              (select count(*)::integer from cascata.commands) as commands,
              (select count(*)::integer from cascata.attempts) as attempts,
              (select count(*)::integer from cascata.batches) as batches,
              (select count(*)::integer from cascata.command_queue) as open`,
    )
    return { tenants: ids, ...(rows[0] as Omit<History, 'tenants'>) }
  })
}

const HELPERS = `
  create function pg_temp.id_at(ms bigint, salt text) returns uuid language sql immutable as $$
    select (lpad(to_hex(ms), 12, '0') || '7' || substr(md5(salt), 1, 3) || '8' || substr(md5(salt), 4, 15))::uuid $$;
  create function pg_temp.roll(salt text, sides integer) returns integer language sql immutable as $$
    select ((hashtextextended(salt, 0) & 9223372036854775807) % sides)::integer $$;`

const STATEMENTS = [
  // $1 … $2 units, $3 start, $4 ms per unit, $5 tenants, $6 units in all, $7 unheard. The square root makes tenants differ in size.
  `create temp table unit on commit drop as
   select u, ms, u % 37 = 36 as story, pg_temp.id_at(ms, 'e' || u) as event_id, pg_temp.roll('fate' || u, 10000) as fate,
     ($5::uuid[])[1 + floor(cardinality($5::uuid[]) * sqrt(pg_temp.roll('tenant' || u, 10000) / 10000.0))::integer] as tenant,
     case when u % 37 = 36 then 'class-activity.created'
          else (array['student.enrolled', 'grade.published', 'grade.published', 'attendance.recorded',
                      'attendance.recorded', 'payment.settled'])[1 + pg_temp.roll('type' || u, 6)] end as type,
     u >= $6::integer - 300 as recent, u >= $6::integer - $7::integer as unheard
   from (select u, ($3::double precision + u * $4::double precision)::bigint as ms
         from generate_series($1::integer, $2::integer - 1) u) x`,

  `create temp table cmd on commit drop as
   select tenant, pg_temp.id_at(ms, 'c' || u) as id, event_id as root_id, ms, recent,
     case type when 'class-activity.created' then 'class-activity.notify' when 'student.enrolled' then 'student.welcome'
       when 'grade.published' then 'grade.send-email' when 'attendance.recorded' then 'attendance.recount'
       else 'payment.confirm' end as type,
     'event' as origin, event_id as origin_id, 'react' as handler, null::uuid as batch_id, event_id,
     case when story then 'success' when fate < 200 then 'error' when fate < 230 then 'cancelled'
          when fate < 232 then 'unknown' else 'success' end as fate,
     fate between 9000 and 9400 as retried, null::text as author, null::text as reason, u as n
   from unit where not unheard
   union all
   select tenant, pg_temp.id_at(ms + 40, 'm' || u || '.' || k), event_id, ms + 40, recent, 'new-class-activity-email.send',
     'command', pg_temp.id_at(ms, 'c' || u), null, pg_temp.id_at(ms + 39, 'b' || u), null,
     case when fate % 20 = 0 and k <= 2 then 'error' else 'success' end, k % 15 = 0, null, null, u * 100 + k
   from unit cross join generate_series(1, 34) k where story and not unheard
   union all
   select tenant, pg_temp.id_at(ms + 40, 'n' || u), event_id, ms + 40, recent, 'class-activity.tell-teacher', 'batch',
     pg_temp.id_at(ms + 39, 'b' || u), null, null, null, case when fate % 20 = 0 then 'awaiting' else 'success' end, false,
     null, null, u * 100 + 99
   from unit where story and not unheard`,

  // Some of what failed was reprocessed a day later, by hand.
  `insert into cmd
   select tenant, pg_temp.id_at(ms + 1, 'r' || n), root_id, ms + 1, false, type, 'reprocess', id, null, batch_id, null,
     'success', false, 'ana', 'The service is back.', n
   from cmd where fate = 'error' and origin = 'event' and n % 10 = 0 and not recent`,

  `insert into cascata.events (tenant, id, type, data, entity_type, entity_id, occurred_at, root_id, actor)
   select tenant, event_id, type, jsonb_build_object('subject', u, 'note', repeat('x', 60)),
     case when story then 'ClassActivity' else 'Student' end, (u % 5000)::text, to_timestamp(ms / 1000.0), event_id, 'user-' || u % 100
   from unit`,

  `insert into cascata.event_handlings (tenant, event_id, handler, claim_no, type, outcome, final, started_at, ended_at, ms,
     error_class, error, daemon_id)
   select tenant, event_id, 'react', 1, type, case when fate between 300 and 320 then 'error' else 'success' end, true,
     to_timestamp(ms / 1000.0) + interval '15 ms', to_timestamp(ms / 1000.0) + interval '20 ms', 1.5 + fate % 7,
     case when fate between 300 and 320 then 'TypeError' end,
     case when fate between 300 and 320 then 'Cannot read properties of undefined (reading ''id'')' end,
     '00000000-0000-7000-8000-000000000001'
   from unit where not unheard`,

  `insert into cascata.event_queue (tenant, event_id, type, root_id) select tenant, event_id, type, event_id from unit where unheard`,

  `insert into cascata.commands (tenant, id, type, data, created_at, lane, priority, root_id, origin, origin_id, handler,
     batch_id, author, reason)
   select tenant, id, type, jsonb_build_object('subject', n, 'note', repeat('y', 80)), to_timestamp(ms / 1000.0), 1, 0,
     root_id, origin, origin_id, handler, batch_id, author, reason
   from cmd`,

  // Recent ones are left over in every state; so is the next command of a batch that failed.
  `create temp table open_cmd on commit drop as
   select *, case when fate = 'awaiting' or origin = 'batch' then 'awaiting'
     else (array['pending', 'pending', 'scheduled', 'processing', 'unknown'])[1 + pg_temp.roll('state' || id, 5)] end as state
   from cmd where fate = 'awaiting' or (recent and (origin in ('event', 'batch') and type <> 'class-activity.notify' or n % 3 = 0))`,

  `insert into cascata.command_queue (tenant, id, type, root_id, event_id, batch_id, lane, priority, state, run_at, claim_no,
     failures, token, claimed_by)
   select tenant, id, type, root_id, event_id, batch_id, 1, 0, state,
     case when state = 'scheduled' then now() + interval '1 hour' end, case when state in ('pending', 'awaiting') then 0 else 1 end,
     (state = 'scheduled')::integer, case when state = 'processing' then id end,
     case when state = 'processing' then '00000000-0000-7000-8000-000000000001'::uuid end
   from open_cmd`,

  `insert into cascata.attempts (tenant, command_id, claim_no, type, outcome, final, started_at, ended_at, ms, error_class,
     error, stack, next_at, next_why, daemon_id, batch_id, event_id)
   select tenant, id, claim_no, type, outcome, final, to_timestamp(ms / 1000.0) + claim_no * interval '50 ms',
     to_timestamp(ms / 1000.0) + claim_no * interval '70 ms', 2 + n % 40,
     case when outcome = 'error' then 'MailProviderError' end,
     case when outcome = 'error' then (array['421 Service not available, closing transmission channel', 'connect ETIMEDOUT',
       '429 Too many requests', 'Mailbox unavailable'])[1 + n % 4] end,
     case when outcome = 'error' then 'MailProviderError' || repeat(E'\\n    at send (mail.ts:42:11)', 6) end,
     case when not final then to_timestamp(ms / 1000.0) + interval '5 s' end,
     case when not final then 'exponential 5000 ms × 2^0, full jitter → 1000 ms' end,
     '00000000-0000-7000-8000-000000000001', batch_id, event_id
   from (
     select c.*, 1 as claim_no, 'error' as outcome, false as final from cmd c
     where retried and not exists (select 1 from open_cmd o where o.id = c.id)
     union all
     select o.*, 1, 'error', false from (select tenant, id, root_id, ms, recent, type, origin, origin_id, handler, batch_id,
       event_id, fate, retried, author, reason, n from open_cmd where state = 'scheduled') o
     union all
     select c.*, case when retried then 2 else 1 end, c.fate, true from cmd c
     where not exists (select 1 from open_cmd o where o.id = c.id)
   ) a`,

  `insert into cascata.tally_deltas (tenant, kind, type, status, hour, n, ms)
   select tenant, 'event', type, 'created', cascata.hour_of(event_id), count(*), 0 from unit where not unheard group by 1, 3, 5
   union all
   select tenant, 'event', type, 'error', cascata.hour_of(event_id), count(*), 0
   from unit where not unheard and fate between 300 and 320 group by 1, 3, 5
   union all
   select tenant, 'command', type, 'created', cascata.hour_of(id), count(*), 0 from cmd group by 1, 3, 5
   union all
   select tenant, 'batch', 'new-class-activity-emails', 'created', cascata.hour_of(event_id), count(*), 0
   from unit where story and not unheard group by 1, 5
   union all
   select tenant, 'command', type, fate, cascata.hour_of(id), count(*), sum(2 + n % 40) from cmd c
   where not exists (select 1 from open_cmd o where o.id = c.id) group by 1, 3, 4, 5`,

  `insert into cascata.batch_failures (tenant, batch_id, command_id)
   select tenant, batch_id, id from cmd c where batch_id is not null and fate = 'error'
     and not exists (select 1 from open_cmd o where o.id = c.id)`,

  `insert into cascata.batches (tenant, id, type, created_at, root_id, origin, origin_id, size, sealed, required_percent, state,
     failings, settled_at, next_command_id, released_at, on_failure)
   select tenant, id, 'new-class-activity-emails', to_timestamp(ms / 1000.0), event_id, 'command', command_id, 34, true, 100,
     state, (state = 'error')::integer, case when state <> 'open' then to_timestamp(ms / 1000.0) + interval '3 s' end, next_id,
     case when state = 'success' then to_timestamp(ms / 1000.0) + interval '3 s' end, null
   from (
     select tenant, pg_temp.id_at(ms + 39, 'b' || u) as id, ms, event_id, pg_temp.id_at(ms, 'c' || u) as command_id,
       pg_temp.id_at(ms + 40, 'n' || u) as next_id,
       case when recent then 'open' when fate % 20 = 0 then 'error' else 'success' end as state
     from unit where story and not unheard) b`,

  `select cascata.recover(c.tenant, c.origin_id, c.id) from cascata.commands c
   join cascata.attempts a on a.tenant = c.tenant and a.command_id = c.id and a.final and a.outcome = 'success'
   where c.origin = 'reprocess'`,
]

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

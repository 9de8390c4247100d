/**
 * What fails now, and why: attempts of the last minutes that failed, and work that tries again. Read from the attempts
 * themselves, so it is right from the first second, whether anybody watched before or not.
 */
import type { getOverview, ResponseOf } from '../contract/index.ts'
import { showId } from './ids.ts'
import type { Names } from './names.ts'
import type { Reader } from './read.ts'

type Failing = ResponseOf<typeof getOverview>['failing']

interface CauseRow {
  kind: 'event' | 'command'
  type: string
  handler: string | null
  error_class: string | null
  message: string | null
  works: number
  retrying: number
  since: Date
  latest: Date
  example: string
}

/** Of each source so many rows at most: enough to tell causes apart, and never a long read in a storm of failures. */
const SAMPLE = 500
const COUNTED = 10_000
const CAUSES = 8

const FAILED = `
  select (select count(*)::integer from (
      select from cascata.attempts
      where outcome in ('error', 'unknown', 'lost') and ended_at > now() - interval '1 minute' limit $1) a) as commands,
    (select count(*)::integer from (
      select from cascata.event_handlings
      where outcome in ('error', 'lost') and ended_at > now() - interval '1 minute' limit $1) h) as handlings,
    (select count(*)::integer from (
      select from cascata.command_queue where failures > 0 and state in ('pending', 'scheduled', 'processing')
      limit $1) c) as retrying_commands,
    (select count(*)::integer from (
      select from cascata.event_queue where failures > 0 and state in ('pending', 'scheduled', 'processing')
      limit $1) e) as retrying_handlings`

// Ids and numbers differ between failures of one cause.
const ALIKE = `regexp_replace(coalesce(error, ''), '[[:xdigit:]-]*[[:digit:]][[:xdigit:]-]*', '#', 'g')`

const CAUSES_SQL = `
  with works as materialized (
    select 'command' as kind, tenant, id, '' as handler, type, bool_or(retrying) as retrying from (
      (select tenant, command_id as id, type, false as retrying from cascata.attempts
       where outcome in ('error', 'unknown', 'lost') and ended_at > now() - interval '5 minutes'
       order by ended_at desc limit $1)
      union all
      (select tenant, id, type, true from cascata.command_queue
       where failures > 0 and state in ('pending', 'scheduled', 'processing') order by id desc limit $1)) c
    group by tenant, id, type
    union all
    select 'event', tenant, event_id, handler, type, bool_or(retrying) from (
      (select tenant, event_id, handler, type, false as retrying from cascata.event_handlings
       where outcome in ('error', 'lost') and ended_at > now() - interval '5 minutes'
       order by ended_at desc limit $1)
      union all
      (select tenant, event_id, handler, type, true from cascata.event_queue
       where failures > 0 and state in ('pending', 'scheduled', 'processing') order by event_id desc limit $1)) e
    group by tenant, event_id, handler, type
  ), failures as (
    select w.*, latest.*, first.since from works w
    cross join lateral (
      select error_class, error, ended_at as latest from cascata.attempts a
      where a.tenant = w.tenant and a.command_id = w.id and outcome in ('error', 'unknown', 'lost')
      order by claim_no desc limit 1) latest
    cross join lateral (
      select min(ended_at) as since from cascata.attempts a
      where a.tenant = w.tenant and a.command_id = w.id and outcome in ('error', 'unknown', 'lost')) first
    where w.kind = 'command'
    union all
    select w.*, latest.*, first.since from works w
    cross join lateral (
      select error_class, error, ended_at as latest from cascata.event_handlings h
      where h.tenant = w.tenant and h.event_id = w.id and h.handler = w.handler and outcome in ('error', 'lost')
      order by claim_no desc limit 1) latest
    cross join lateral (
      select min(ended_at) as since from cascata.event_handlings h
      where h.tenant = w.tenant and h.event_id = w.id and h.handler = w.handler and outcome in ('error', 'lost')) first
    where w.kind = 'event'
  )
  select kind, type, nullif(handler, '') as handler, error_class, (array_agg(left(error, 500) order by latest desc))[1] as message,
    count(*)::integer as works, (count(*) filter (where retrying))::integer as retrying,
    min(since) as since, max(latest) as latest, (array_agg(id order by latest desc))[1] as example
  from failures group by kind, type, handler, error_class, ${ALIKE}
  order by works desc, latest desc limit ${CAUSES}`

export async function failingOf(db: Reader, names: Names): Promise<Failing> {
  const counted = await db.row<Record<'commands' | 'handlings' | 'retrying_commands' | 'retrying_handlings', number>>(
    FAILED,
    [COUNTED],
  )
  const { commands = 0, handlings = 0, retrying_commands = 0, retrying_handlings = 0 } = counted ?? {}
  const causes = await db.rows<CauseRow>(CAUSES_SQL, [SAMPLE])
  return {
    attemptsLastMinute: commands + handlings,
    retrying: { events: retrying_handlings, commands: retrying_commands },
    more: [commands, handlings, retrying_commands, retrying_handlings].some((n) => n >= COUNTED),
    causes: causes.map((row) => ({
      kind: row.kind,
      ...names.typed(row.kind, row.type),
      handler: row.handler,
      error: { class: row.error_class, message: row.message },
      count: row.works,
      retrying: row.retrying,
      since: row.since.toISOString(),
      latest: row.latest.toISOString(),
      example: showId(row.kind, row.example),
    })),
  }
}

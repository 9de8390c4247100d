/** Which index a list of events is read by, for each combination of filters. The rest of them are conditions on the way. */
import type { CommandStatus, InputOf, listEvents } from '../../contract/index.ts'
import { OPEN, OUTCOMES, sqlStates } from '../commands/command-keys.ts'
import { sqlCeiling, sqlFloor } from '../ids.ts'
import type { Bounds, Source } from '../keyset.ts'
import type { Parameters } from '../read.ts'
import { notThere, SQL_COMMAND_STATUS, SQL_NOT_RECOVERED, there } from '../sql.ts'

export type EventFilters = Omit<InputOf<typeof listEvents>, 'tenant' | 'from' | 'to' | 'limit' | 'cursor'>

const TENANTS = 'select tenant from tenants'

/** The status of an event as the engine's view has it: what is queued comes first, then whether a handler failed. */
export const sqlEventStatus = (tenant: string, id: string): string => `coalesce(
  (select case when bool_or(q.state = 'processing') then 'processing'
               when bool_or(q.state in ('pending', 'parked')) then 'pending' else 'scheduled' end
   from cascata.event_queue q where q.tenant = ${tenant} and q.event_id = ${id} and q.state <> 'absent' having count(*) > 0),
  case when exists (select 1 from cascata.event_handlings h where h.tenant = ${tenant} and h.event_id = ${id}
                    and h.final and h.outcome = 'error') then 'error' else 'success' end)`

interface Of {
  filters: EventFilters
  p: Parameters
  bounds: Bounds
}

export function eventSources(filters: EventFilters): (p: Parameters, bounds: Bounds) => Source[] {
  return (p, bounds) => {
    const of: Of = { filters, p, bounds }
    if (filters.entityType !== undefined && filters.entityId !== undefined) return [byEntity(of)]
    // Nearly every event has a command that succeeded: those without are passed over on the way.
    const common = filters.commands?.some((status) => status === 'none' || status === 'success')
    if (filters.commands !== undefined && !common) return byCommands(of)
    if (filters.status !== undefined && !filters.status.includes('success')) return byStatus(of)
    if (filters.type !== undefined) return [byType(of)]
    return [{ streams: TENANTS, from: `from cascata.events e where e.tenant = s.tenant${conditions(of)}`, id: 'e.id' }]
  }
}

function byEntity(of: Of): Source {
  const { filters, p } = of
  return {
    streams: TENANTS,
    from: `from cascata.events e where e.tenant = s.tenant and e.entity_type = ${p.add(filters.entityType)}
      and e.entity_id = ${p.add(filters.entityId)}${conditions({ ...of, filters: { ...filters, entityType: undefined, entityId: undefined } })}`,
    id: 'e.id',
  }
}

function byType(of: Of): Source {
  const { filters, p } = of
  return {
    streams: `select tenant, type from tenants cross join unnest(${p.add(filters.type)}::text[]) type`,
    from: `from cascata.events e where e.tenant = s.tenant and e.type = s.type${conditions({ ...of, filters: { ...filters, type: undefined } })}`,
    id: 'e.id',
  }
}

/** Failed events by the index of failed handlings, open ones from the queue. */
function byStatus(of: Of): Source[] {
  const { filters } = of
  const queued = filters.status?.filter((status) => status !== 'error')
  const others = lookup({ ...of, filters: { ...filters, status: undefined } }, 'x.event_id')
  const sources: Source[] = []
  if (filters.status?.includes('error')) {
    sources.push({
      streams: TENANTS,
      // An event that fails in two handlers is one: the first by name stands for it.
      from: `from cascata.event_handlings x where x.tenant = s.tenant and x.outcome = 'error' and x.final
        and ${notThere(`cascata.event_handlings o where o.tenant = x.tenant and o.event_id = x.event_id
          and o.outcome = 'error' and o.final and (o.handler, o.claim_no) < (x.handler, x.claim_no)`)}
        and ${notThere("cascata.event_queue q where q.tenant = x.tenant and q.event_id = x.event_id and q.state <> 'absent'")}${others}`,
      id: 'x.event_id',
    })
  }
  if (queued !== undefined && queued.length > 0) {
    sources.push({
      streams: TENANTS,
      from: `from cascata.event_queue x where x.tenant = s.tenant and x.state <> 'absent'
        and ${notThere("cascata.event_queue o where o.tenant = x.tenant and o.event_id = x.event_id and o.handler < x.handler and o.state <> 'absent'")}${lookup({ ...of, filters: { ...filters, status: queued } }, 'x.event_id')}`,
      id: 'x.event_id',
    })
  }
  return sources
}

/**
 * Events by the status of what their handlers enqueued. Such a command's id has the event's millisecond (the engine makes
 * it so), so walking the finished commands of a status from millisecond to millisecond walks their events in order, and
 * passes over a thousand commands of one event in one step.
 */
function byCommands(of: Of): Source[] {
  const { filters, bounds } = of
  const statuses = filters.commands as CommandStatus[]
  const others = { ...of, filters: { ...filters, commands: undefined } }
  const sources: Source[] = []
  for (const outcome of OUTCOMES.filter((status) => (statuses as string[]).includes(status))) {
    const attempts = `cascata.attempts a where a.tenant = s.tenant and a.outcome = '${outcome}' and a.final
      and ${SQL_NOT_RECOVERED}
      and a.event_id is not null and a.event_id between ${sqlFloor('a.command_id')} and ${sqlCeiling('a.command_id')}`
    const start = bounds.on('a.event_id')
    const wide = bounds.wide('a.command_id')
    const [beyond, first] = bounds.older ? ['< w.least', 'desc'] : ['> w.greatest', 'asc']
    const step = (from: string) => `select a.command_id,
      ${sqlFloor('a.command_id')} as least, ${sqlCeiling('a.command_id')} as greatest
      from ${attempts}${from}${start}${wide}${lookup(others, 'a.event_id')} order by a.command_id ${first} limit 1`
    sources.push({
      streams: TENANTS,
      unsorted: true,
      from: `from (
        with recursive walk as (
          select least, greatest, 1 as step from (${step('')}) n
          union all
          select n.least, n.greatest, w.step + 1 from walk w cross join lateral (${step(` and a.command_id ${beyond}`)}) n
          where w.step < ${bounds.rows}
        )
        select distinct a.event_id from walk w cross join lateral (
          select a.event_id from ${attempts} and a.command_id between w.least and w.greatest${start}${lookup(others, 'a.event_id')}) a
      ) x where true`,
      id: 'x.event_id',
    })
  }
  if (statuses.includes('recovered')) {
    sources.push({
      streams: TENANTS,
      unsorted: true,
      from: `from (select distinct a.event_id from cascata.recoveries r
        join cascata.attempts a on a.tenant = r.tenant and a.command_id = r.command_id and a.final
        where r.tenant = s.tenant and a.event_id is not null) x where true${lookup(others, 'x.event_id')}`,
      id: 'x.event_id',
    })
  }
  const open = OPEN.filter((status) => (statuses as string[]).includes(status))
  if (open.length > 0) {
    sources.push({
      streams: TENANTS,
      unsorted: true,
      from: `from (select distinct q.event_id from cascata.command_queue q where q.tenant = s.tenant and q.event_id is not null
        and q.state in (${sqlStates(open)})) x where true${lookup(others, 'x.event_id')}`,
      id: 'x.event_id',
    })
  }
  return sources
}

/** What only the event itself can answer, for a source that is not read from the events. */
function lookup(of: Of, id: string): string {
  const all = conditions(of)
  return all && ` and ${there(`cascata.events e where e.tenant = s.tenant and e.id = ${id}${all}`)}`
}

function conditions({ filters, p }: Of): string {
  const all: string[] = []
  if (filters.type !== undefined) all.push(`e.type = any(${p.add(filters.type)}::text[])`)
  if (filters.entityType !== undefined) all.push(`e.entity_type = ${p.add(filters.entityType)}`)
  if (filters.entityId !== undefined) all.push(`e.entity_id = ${p.add(filters.entityId)}`)
  if (filters.status !== undefined) {
    all.push(`${sqlEventStatus('e.tenant', 'e.id')} = any(${p.add(filters.status)}::text[])`)
  }
  if (filters.commands !== undefined) all.push(commandsCondition(filters.commands, p))
  return all.map((condition) => ` and ${condition}`).join('')
}

function commandsCondition(statuses: NonNullable<EventFilters['commands']>, p: Parameters): string {
  const enqueued = `cascata.commands c where c.tenant = e.tenant and c.origin_id = e.id and c.origin = 'event'
    and c.id between ${sqlFloor('e.id')} and ${sqlCeiling('e.id')}`
  const either: string[] = []
  const some = statuses.filter((status) => status !== 'none')
  if (some.length > 0) {
    const list = p.add(some)
    either.push(there(`${enqueued} and ${SQL_COMMAND_STATUS} = any(${list}::text[])`))
  }
  if (statuses.includes('none')) either.push(notThere(enqueued))
  return `(${either.join(' or ')})`
}

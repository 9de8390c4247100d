/** Which index a list of commands is read by, for each combination of filters. The rest of them are conditions on the way. */
import type { InputOf, listCommands } from '../../contract/index.ts'
import { notBefore, sameMillisecond, uuidOf } from '../ids.ts'
import type { Bounds, Source } from '../keyset.ts'
import type { Parameters } from '../read.ts'
import { notThere, SQL_NOT_RECOVERED, SQL_OUTCOME, there } from '../sql.ts'

export type CommandFilters = Omit<InputOf<typeof listCommands>, 'tenant' | 'from' | 'to' | 'limit' | 'cursor'>

/** How a final attempt ended, and what a command is before; `unknown` is held in the queue, until a human decided. */
export const OUTCOMES = ['success', 'error', 'cancelled', 'unknown']
const FINAL = [...OUTCOMES, 'recovered']
export const OPEN = ['pending', 'scheduled', 'awaiting', 'processing', 'unknown']
/** Origins of few commands, which have an index of their own (migration 0013). */
const RARE_ORIGINS = ['reprocess', 'batch', 'batch-failure', 'schedule']

export const sqlStates = (statuses: readonly string[]): string =>
  statuses.flatMap((status) => (status === 'pending' ? ["'pending'", "'parked'"] : [`'${status}'`])).join(', ')

/** A nested batch holds a place in the queue of its own id: no command. */
const IS_COMMAND = notThere('cascata.batches b where b.tenant = q.tenant and b.id = q.id')

export function commandSources(filters: CommandFilters): (p: Parameters, bounds: Bounds) => Source[] {
  return (p) => {
    const statuses = filters.status
    const ended = statuses ? FINAL.filter((s) => (statuses as string[]).includes(s)) : FINAL
    // What has succeeded has no error to look for.
    const final = filters.error === undefined ? ended : ended.filter((outcome) => outcome !== 'success')
    const open = statuses ? OPEN.filter((s) => (statuses as string[]).includes(s)) : OPEN
    const of = { final, open, filters, p }

    const cause = filters.event ?? filters.parent ?? filters.original
    if (cause !== undefined) return [byCause(of)]
    if (filters.batch !== undefined && (statuses === undefined || final.includes('success'))) return [byBatch(of)]
    if (filters.origin?.every((origin) => RARE_ORIGINS.includes(origin)) && filters.batch === undefined) {
      return [byRareOrigin(of)]
    }
    if (statuses !== undefined || filters.error !== undefined || filters.type !== undefined) return byState(of)
    return [byTime(of)]
  }
}

interface Of {
  final: string[]
  open: string[]
  filters: CommandFilters
  p: Parameters
}

const TENANTS = 'select tenant from tenants'

function byTime(of: Of): Source {
  return {
    streams: TENANTS,
    from: `from cascata.commands c where c.tenant = s.tenant${factConditions(of)}${statusConditions(of)}`,
    id: 'c.id',
  }
}

function byRareOrigin(of: Of): Source {
  return {
    streams: `select tenant, origin from tenants cross join unnest(${of.p.add(of.filters.origin)}::text[]) origin`,
    // The constant list is what makes the partial index usable.
    from: `from cascata.commands c where c.tenant = s.tenant and c.origin = s.origin
      and c.origin in ('reprocess', 'batch', 'batch-failure', 'schedule')${factConditions(of)}${statusConditions(of)}`,
    id: 'c.id',
  }
}

function byBatch(of: Of): Source {
  const batch = uuidOf(of.filters.batch as string)
  return {
    streams: TENANTS,
    from: `from cascata.commands c where c.tenant = s.tenant and c.batch_id = ${of.p.add(batch)}::uuid
      and c.id >= ${of.p.add(notBefore(batch))}::uuid${factConditions({ ...of, filters: { ...of.filters, batch: undefined } })}${statusConditions(of)}`,
    id: 'c.id',
  }
}

function byCause(of: Of): Source {
  const { event, parent, original } = of.filters
  const cause = uuidOf((event ?? parent ?? original) as string)
  const origin = event !== undefined ? 'event' : parent !== undefined ? 'command' : 'reprocess'
  // What an event's handlers made carries the event's millisecond; what is made by hand or by a command is not older.
  const until = event === undefined ? '' : ` and c.id <= ${of.p.add(sameMillisecond(cause).greatest)}::uuid`
  const others = {
    ...of.filters,
    [event !== undefined ? 'event' : parent !== undefined ? 'parent' : 'original']: undefined,
  }
  return {
    streams: TENANTS,
    from: `from cascata.commands c where c.tenant = s.tenant and c.origin_id = ${of.p.add(cause)}::uuid
      and c.origin = '${origin}' and c.id >= ${of.p.add(notBefore(cause))}::uuid${until}${factConditions({ ...of, filters: others })}${statusConditions(of)}`,
    id: 'c.id',
  }
}

/** Finished ones by the partial indexes of attempts, open ones from the queue. */
function byState(of: Of): Source[] {
  const { final, open, filters, p } = of
  const types = filters.type === undefined ? undefined : p.add(filters.type)
  const sources: Source[] = []
  const outcomes = OUTCOMES.filter((outcome) => final.includes(outcome))
  if (outcomes.length > 0) {
    const tenants = `tenants cross join unnest(${p.add(outcomes)}::text[]) outcome`
    const streams = types
      ? `select tenant, outcome, type from ${tenants} cross join unnest(${types}::text[]) type`
      : `select tenant, outcome from ${tenants}`
    sources.push({
      streams,
      from: `from cascata.attempts a where a.tenant = s.tenant and a.outcome = s.outcome and a.final
        and ${SQL_NOT_RECOVERED}
        ${types ? 'and a.type = s.type' : ''}${batchBound(of, 'a.command_id', 'a.batch_id')}${errorCondition(of, 'a.error')}${factLookup(of, 'a.command_id')}`,
      id: 'a.command_id',
    })
  }
  if (final.includes('recovered')) {
    sources.push({
      streams: TENANTS,
      from: `from cascata.recoveries r where r.tenant = s.tenant
        ${types ? `and r.type = any(${types}::text[])` : ''}${recoveredAttempt(of)}${factLookup(of, 'r.command_id')}`,
      id: 'r.command_id',
    })
  }
  for (const status of open) {
    sources.push({
      streams: TENANTS,
      from: `from cascata.command_queue q where q.tenant = s.tenant and q.state in (${sqlStates([status])})
        ${types ? `and q.type = any(${types}::text[])` : ''}${status === 'awaiting' ? ` and ${IS_COMMAND}` : ''}${batchBound(of, 'q.id', 'q.batch_id')}${retryError(of)}${factLookup(of, 'q.id')}`,
      id: 'q.id',
    })
  }
  return sources
}

/** Batch and error of a command that is recovered, which its final attempt knows. */
function recoveredAttempt(of: Of): string {
  if (of.filters.batch === undefined && of.filters.error === undefined) return ''
  return ` and ${there(`cascata.attempts a where a.tenant = s.tenant and a.command_id = r.command_id
    and a.final${batchBound(of, 'a.command_id', 'a.batch_id')}${errorCondition(of, 'a.error')}`)}`
}

function batchBound({ filters, p }: Of, id: string, batch: string): string {
  if (filters.batch === undefined) return ''
  const uuid = uuidOf(filters.batch)
  return ` and ${batch} = ${p.add(uuid)}::uuid and ${id} >= ${p.add(notBefore(uuid))}::uuid`
}

/** Conditions that only the fact can answer, for a source that is not read from the facts. */
function factLookup(of: Of, id: string): string {
  const conditions = factConditions({ ...of, filters: { ...of.filters, batch: undefined, type: undefined } })
  if (conditions === '') return ''
  return ` and ${there(`cascata.commands c where c.tenant = s.tenant and c.id = ${id}${conditions}`)}`
}

function factConditions({ filters, p }: Of): string {
  const conditions: string[] = []
  if (filters.type !== undefined) conditions.push(`c.type = any(${p.add(filters.type)}::text[])`)
  if (filters.origin !== undefined) conditions.push(`c.origin = any(${p.add(filters.origin)}::text[])`)
  if (filters.batch !== undefined) conditions.push(`c.batch_id = ${p.add(uuidOf(filters.batch))}::uuid`)
  for (const [origin, cause] of [
    ['event', filters.event],
    ['command', filters.parent],
    ['reprocess', filters.original],
  ] as const) {
    if (cause !== undefined) conditions.push(`c.origin = '${origin}' and c.origin_id = ${p.add(uuidOf(cause))}::uuid`)
  }
  return conditions.map((condition) => ` and ${condition}`).join('')
}

/** Status and error of a source that is read from the facts. */
function statusConditions(of: Of): string {
  const { final, open, filters, p } = of
  if (filters.status === undefined && filters.error === undefined) return ''
  const ended = () =>
    there(`cascata.attempts a where a.tenant = s.tenant and a.command_id = c.id and a.final
      and ${SQL_OUTCOME} = any(${p.add(final)}::text[])${errorCondition(of, 'a.error')}`)
  const queued = () =>
    there(`cascata.command_queue q where q.tenant = s.tenant and q.id = c.id
      and q.state in (${sqlStates(open)})${retryError(of)}`)
  const either = [...(final.length > 0 ? [ended()] : []), ...(open.length > 0 ? [queued()] : [])]
  return ` and (${either.length > 0 ? either.join(' or ') : 'false'})`
}

function errorCondition({ filters, p }: Of, column: string): string {
  if (filters.error === undefined) return ''
  return ` and ${column} ilike ${p.add(`%${filters.error.replace(/[\\%_]/g, '\\$&')}%`)}`
}

/** Open commands that failed before have their error in an earlier attempt. */
function retryError(of: Of): string {
  if (of.filters.error === undefined) return ''
  return ` and q.claim_no > 0 and ${there(`cascata.attempts a where a.tenant = q.tenant
    and a.command_id = q.id${errorCondition(of, 'a.error')}`)}`
}

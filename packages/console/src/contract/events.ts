import { z } from 'zod'
import { commandItem } from './commands.ts'
import {
  batchRef,
  commandRef,
  dataSchema,
  errorSchema,
  eventId,
  instant,
  labelSchema,
  listQuery,
  namedType,
  pageOf,
  statusFilter,
  tenantFilter,
  tenantSchema,
  typesFilter,
} from './common.ts'
import { endpoint } from './endpoint.ts'
import { BATCH_STATUSES, COMMAND_STATUSES, EVENT_STATUSES, WINDOWS, type Window } from './vocabulary.ts'

export const entitySchema = z.object({ ...namedType, id: z.string() })

export const eventItem = z.object({
  kind: z.literal('event'),
  id: z.string(),
  ...namedType,
  status: z.enum(EVENT_STATUSES),
  tenant: tenantSchema,
  entity: entitySchema,
  occurredAt: instant,
  /** When the last of its handlers ended; null while one is open. */
  processedAt: instant.nullable(),
  /** Of running, all handlers together; null before the first. */
  ms: z.number().nullable(),
  /** What its handlers enqueued, by status; `more` when there are over 1,000 and the rest is not counted. */
  commands: z.object({
    byStatus: z.partialRecord(z.enum(COMMAND_STATUSES), z.int()),
    total: z.int(),
    more: z.boolean(),
  }),
  error: z.string().nullable(),
})
export type EventItem = z.output<typeof eventItem>

export const listEvents = endpoint({
  path: 'GET /events',
  role: 'viewer',
  summary: 'Events, newest first',
  tag: 'Events',
  query: z.object({
    ...listQuery,
    status: statusFilter(EVENT_STATUSES).optional(),
    type: typesFilter.optional(),
    /** Events with at least one command, enqueued by their handlers, in one of these; `none`: events without any. */
    commands: statusFilter([...COMMAND_STATUSES, 'none']).optional(),
    entityType: z.string().min(1).max(200).optional(),
    entityId: z.string().min(1).max(200).optional(),
  }),
  response: pageOf(eventItem),
})

export const summarizeEvents = endpoint({
  path: 'GET /events/summary',
  role: 'viewer',
  summary: 'How many events, by status and by type',
  tag: 'Events',
  query: z.object({ tenant: tenantFilter, type: typesFilter.optional() }),
  response: z.object({
    /** Equals the sum of `byStatus`. */
    total: z.int(),
    byStatus: z.record(z.enum(EVENT_STATUSES), z.int()),
    /** The pie, largest first: every type of the institution whatever `type` selects. */
    types: z.array(z.object({ ...namedType, total: z.int() })),
  }),
})

export const windowFilter = z.enum(Object.keys(WINDOWS) as [Window, ...Window[]])

export const eventSeries = endpoint({
  path: 'GET /events/series',
  role: 'viewer',
  summary: 'The latest events over time',
  tag: 'Events',
  query: z.object({
    window: windowFilter.default('1h'),
    by: z.enum(['status', 'type']).default('status'),
    tenant: tenantFilter,
    type: typesFilter.optional(),
  }),
  response: z.object({
    window: windowFilter,
    by: z.enum(['status', 'type']),
    bucketMs: z.int(),
    /** Start of the first and end of the last bucket. */
    from: instant,
    to: instant,
    /** Before this instant the buckets are not counted (too many events in a short window); null: all are. */
    countedFrom: instant.nullable(),
    /** One line each, largest first, at most 12 with `by=type`; `key` is a status, a type, or `…` for all other types. */
    series: z.array(
      z.object({ key: z.string(), label: labelSchema.nullable(), total: z.int(), counts: z.array(z.int()) }),
    ),
  }),
})

/** One run of one handler. */
export const handlingSchema = z.object({
  claimNo: z.int(),
  outcome: z.enum(['success', 'error', 'lost', 'released']),
  final: z.boolean(),
  startedAt: instant.nullable(),
  endedAt: instant,
  ms: z.number(),
  error: errorSchema.nullable(),
  nextAt: instant.nullable(),
  nextWhy: z.string().nullable(),
  /** Null: a human decided, no daemon ran it. */
  daemonId: z.string().nullable(),
})

export const getEvent = endpoint({
  path: 'GET /events/:eventId',
  role: 'viewer',
  summary: 'One event: what it is, where it came from, what it caused',
  tag: 'Events',
  params: z.object({ eventId }),
  response: z.object({
    ...eventItem.omit({ error: true }).shape,
    rootId: z.string(),
    /** Who caused it, as the application says; `name` is null when it knows none for the id. */
    actor: z.object({ id: z.string(), name: z.string().nullable() }).nullable(),
    trace: z.string().nullable(),
    data: dataSchema,
    /** From when it occurred to the start of its first handler, in milliseconds. */
    waitMs: z.number().nullable(),
    /** The command whose handler emitted it; null: it was emitted outside of commands, by the entity alone. */
    emittedBy: commandRef.nullable(),
    handlers: z.array(
      z.object({
        /** Stored name; empty for an event that nobody listens to. */
        handler: z.string(),
        status: z.enum(EVENT_STATUSES),
        /**
         * No running daemon has it: it waits for one that does. The event's own status does not wait for it once other
         * handlers have run and it never was.
         */
        parked: z.boolean(),
        ms: z.number().nullable(),
        failures: z.int(),
        nextAt: instant.nullable(),
        error: errorSchema.nullable(),
        /** Latest first, at most 50. */
        runs: z.array(handlingSchema),
      }),
    ),
    /** The first 50 commands by creation; all of them: `GET /commands?event=…`. */
    enqueued: z.object({ items: z.array(commandItem), more: z.boolean() }),
    /** Batches that its handlers made. */
    batches: z.array(batchRef.extend({ status: z.enum(BATCH_STATUSES), size: z.int(), createdAt: instant })),
    /** Newer and older events of the same entity, at most five each. */
    sameEntity: z.array(
      z.object({ id: z.string(), ...namedType, status: z.enum(EVENT_STATUSES), occurredAt: instant }),
    ),
  }),
})

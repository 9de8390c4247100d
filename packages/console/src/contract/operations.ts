import { z } from 'zod'
import { anyId, instant, labelSchema, tenantSchema } from './common.ts'
import { endpoint, ROLES } from './endpoint.ts'
import { KINDS } from './vocabulary.ts'

export const getMe = endpoint({
  path: 'GET /me',
  role: 'viewer',
  summary: 'Who is signed in, and what they may do',
  tag: 'Console',
  response: z.object({ userId: z.string(), name: z.string(), role: z.enum(ROLES) }),
})

export const listTypes = endpoint({
  path: 'GET /types',
  role: 'viewer',
  summary: 'Types that are stored or that the running code knows, for filters',
  tag: 'Console',
  response: z.object({
    event: z.array(z.object({ type: z.string(), label: labelSchema.nullable(), known: z.boolean() })),
    command: z.array(z.object({ type: z.string(), label: labelSchema.nullable(), known: z.boolean() })),
    batch: z.array(z.object({ type: z.string(), label: labelSchema.nullable(), known: z.boolean() })),
    /** Types of entities that the application gives a label. */
    entity: z.array(z.object({ type: z.string(), label: labelSchema.nullable() })),
  }),
})

export const listTenants = endpoint({
  path: 'GET /tenants',
  role: 'viewer',
  summary: 'Institutions by name, at most 50',
  tag: 'Console',
  query: z.object({ search: z.string().max(200).optional() }),
  response: z.object({ items: z.array(tenantSchema), more: z.boolean() }),
})

/** Per minute over the last five minutes that this process has watched; null when it has not watched for ten seconds. */
const rate = z.number().nullable()

export const getOverview = endpoint({
  path: 'GET /overview',
  role: 'viewer',
  summary: 'Is anybody working, and how far behind is it',
  tag: 'Console',
  response: z.object({
    asOf: instant,
    /** Nobody works: what is pending stays so. */
    noDaemon: z.boolean(),
    daemons: z.array(
      z.object({
        id: z.string(),
        host: z.string(),
        pid: z.int(),
        version: z.string(),
        state: z.enum(['running', 'draining', 'stopped', 'lost']),
        /** Running or draining, heard of within its lease, and its control connection is there. */
        alive: z.boolean(),
        /** Its own connection for LISTEN is there. */
        listening: z.boolean(),
        startedAt: instant,
        heartbeatAt: instant,
        claimed: z.object({ events: z.int(), commands: z.int() }),
        eventTypes: z.int(),
        commandTypes: z.int(),
      }),
    ),
    queue: z.object({
      events: z.object({ pending: z.int(), scheduled: z.int(), processing: z.int(), parked: z.int() }),
      commands: z.object({
        pending: z.int(),
        scheduled: z.int(),
        awaiting: z.int(),
        processing: z.int(),
        unknown: z.int(),
        parked: z.int(),
      }),
    }),
    /** Age of the oldest that could run and has not been claimed; null when there is none. */
    oldestPending: z.object({
      event: z.object({ id: z.string(), ms: z.number() }).nullable(),
      command: z.object({ id: z.string(), ms: z.number() }).nullable(),
    }),
    perMinute: z.object({
      eventsOccurred: rate,
      commandsCreated: rate,
      commandsSucceeded: rate,
      commandsFailed: rate,
    }),
    /** Attempts that failed, final or not: an outage shows here with its first failure, long before anything gives up. */
    failing: z.object({
      /** Of commands, and of handlers of events, in the last 60 seconds. */
      attemptsLastMinute: z.int(),
      /** What has failed and is tried again: handlers of events, and commands. */
      retrying: z.object({ events: z.int(), commands: z.int() }),
      /** At least one of these numbers stopped counting at 10,000. */
      more: z.boolean(),
      /** Failures of the last five minutes and of what tries again, the newest of each, alike ones together; most first. */
      causes: z.array(
        z.object({
          kind: z.enum(['event', 'command']),
          type: z.string(),
          label: labelSchema.nullable(),
          /** Of an event: the handler that failed. */
          handler: z.string().nullable(),
          error: z.object({ class: z.string().nullable(), message: z.string().nullable() }),
          count: z.int(),
          retrying: z.int(),
          /** The first failure among them. */
          since: instant,
          latest: instant,
          /** The one that failed last. */
          example: z.string(),
        }),
      ),
    }),
    openBatches: z.int(),
    failedBatches: z.int(),
  }),
})

export const listPartitions = endpoint({
  path: 'GET /partitions',
  role: 'viewer',
  summary: 'Weekly partitions of the facts, their sizes, and what a retention would drop',
  tag: 'Console',
  query: z.object({
    /** What if finished work were kept for so many days after the end of its week? */
    keepDays: z.coerce.number().int().min(1).max(36_500).optional(),
  }),
  response: z.object({
    asOf: instant,
    /** Weeks, newest first. The four tables share their ranges. */
    ranges: z.array(
      z.object({
        from: instant,
        to: instant,
        state: z.enum(['ahead', 'current', 'closed']),
        tables: z.array(
          z.object({
            table: z.enum(['events', 'commands', 'attempts', 'event_handlings']),
            partition: z.string(),
            /** The planner's estimate; null when the table was never analyzed. */
            rowsEstimated: z.int().nullable(),
            tableBytes: z.int(),
            indexBytes: z.int(),
            deadRows: z.int(),
            vacuumedAt: instant.nullable(),
          }),
        ),
        bytes: z.int(),
        /** Open commands, events and batches that need this range: by their own id, root or original. */
        unfinished: z.int(),
        /** With `keepDays`: whether it would go, or why it would stay. */
        retention: z.enum(['drops', 'kept-too-young', 'kept-unfinished']).nullable(),
      }),
    ),
    /** With `keepDays`: what would go, in all. */
    wouldDrop: z.object({ ranges: z.int(), partitions: z.int(), rowsEstimated: z.int(), bytes: z.int() }).nullable(),
    queues: z.array(
      z.object({ table: z.string(), rowsEstimated: z.int().nullable(), bytes: z.int(), deadRows: z.int() }),
    ),
    /** Until when partitions exist. */
    aheadUntil: instant.nullable(),
  }),
})

export const resolveId = endpoint({
  path: 'GET /go/:id',
  role: 'viewer',
  summary: 'What an id is',
  tag: 'Console',
  params: z.object({ id: anyId }),
  response: z.object({ kind: z.enum(KINDS), id: z.string(), tenant: tenantSchema }),
})

/**
 * `text/event-stream`. Each event is named `changes`, its data is this, its id grows; after a reconnection with
 * `Last-Event-ID` what was missed comes first, or `{ changes: [{ kind: 'all' }] }` when that is no longer known.
 */
export const streamData = z.object({
  changes: z.array(z.object({ kind: z.enum([...KINDS, 'daemon', 'all']) })),
})
export type Change = z.output<typeof streamData>['changes'][number]

export const streamChanges = endpoint({
  path: 'GET /stream',
  role: 'viewer',
  summary: 'Hints of what changed: records of that kind',
  tag: 'Console',
  response: streamData,
})

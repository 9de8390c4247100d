import { z } from 'zod'
import {
  anyId,
  batchId,
  batchRef,
  commandId,
  commandRef,
  dataSchema,
  errorSchema,
  eventId,
  eventRef,
  instant,
  listQuery,
  namedType,
  pageOf,
  statusFilter,
  tenantFilter,
  tenantSchema,
  typesFilter,
} from './common.ts'
import { endpoint } from './endpoint.ts'
import { BATCH_STATUSES, COMMAND_STATUSES, LANES, ORIGIN_KINDS } from './vocabulary.ts'

export const commandItem = z.object({
  kind: z.literal('command'),
  id: z.string(),
  ...namedType,
  status: z.enum(COMMAND_STATUSES),
  tenant: tenantSchema,
  createdAt: instant,
  /** When it ended; null while it is open. */
  processedAt: instant.nullable(),
  /** Of the run that ended it. */
  ms: z.number().nullable(),
  /** Failures so far: `scheduled` with failures > 0 is "retrying". */
  failures: z.int(),
  /** When a scheduled one is due. */
  dueAt: instant.nullable(),
  origin: z.enum(ORIGIN_KINDS),
  batchId: z.string().nullable(),
  /** First line of the error that ended it, or of the latest failure while it is retried. */
  error: z.string().nullable(),
})
export type CommandItem = z.output<typeof commandItem>

export const listCommands = endpoint({
  path: 'GET /commands',
  role: 'viewer',
  summary: 'Commands, newest first',
  tag: 'Commands',
  query: z.object({
    ...listQuery,
    status: statusFilter(COMMAND_STATUSES).optional(),
    type: typesFilter.optional(),
    origin: statusFilter(ORIGIN_KINDS).optional(),
    /** Enqueued by this event's handlers. */
    event: eventId.optional(),
    /** Made by this command's handler. */
    parent: commandId.optional(),
    /** Copies of this command. */
    original: commandId.optional(),
    /** Members of this batch. */
    batch: batchId.optional(),
    /** Part of the error's text, upper or lower case. */
    error: z.string().min(2).max(200).optional(),
  }),
  response: pageOf(commandItem),
})

export const summarizeCommands = endpoint({
  path: 'GET /commands/summary',
  role: 'viewer',
  summary: 'How many commands, by status and by type',
  tag: 'Commands',
  query: z.object({ tenant: tenantFilter, type: typesFilter.optional() }),
  response: z.object({
    /** Equals the sum of `byStatus`. */
    total: z.int(),
    byStatus: z.record(z.enum(COMMAND_STATUSES), z.int()),
    /** Of the scheduled ones, those that have failed before. */
    retrying: z.int(),
    /** Of the pending ones, those whose type no living daemon knows. */
    parked: z.int(),
    /** Largest first: every type of the institution whatever `type` selects. */
    types: z.array(
      z.object({ ...namedType, total: z.int(), byStatus: z.partialRecord(z.enum(COMMAND_STATUSES), z.int()) }),
    ),
  }),
})

/** Where a command comes from. */
export const commandOrigin = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('event'), event: eventRef, handler: z.string() }),
  z.object({ kind: z.literal('command'), command: commandRef }),
  z.object({
    kind: z.literal('reprocess'),
    original: commandRef,
    author: z.string(),
    /** When the application knows the author's name. */
    authorName: z.string().nullable(),
    reason: z.string(),
  }),
  /** The next command of this batch: released once the batch has succeeded; awaiting until then. */
  z.object({ kind: z.literal('batch'), batch: batchRef, releasedAt: instant.nullable() }),
  /** Made because this batch failed. */
  z.object({ kind: z.literal('batch-failure'), batch: batchRef }),
  z.object({ kind: z.literal('schedule') }),
  z.object({ kind: z.literal('direct') }),
])
export type CommandOrigin = z.output<typeof commandOrigin>

export const attemptSchema = z.object({
  claimNo: z.int(),
  outcome: z.enum(['success', 'error', 'cancelled', 'snoozed', 'released', 'lost', 'unknown']),
  final: z.boolean(),
  startedAt: instant.nullable(),
  endedAt: instant,
  ms: z.number(),
  error: errorSchema.nullable(),
  nextAt: instant.nullable(),
  /** Why the next try was when it was, as the engine recorded it. */
  nextWhy: z.string().nullable(),
  /** Null: a human decided, no daemon ran it. */
  daemonId: z.string().nullable(),
  daemonHost: z.string().nullable(),
})
export type Attempt = z.output<typeof attemptSchema>

/** Whether *Reprocess* would be taken now; `reason` tells why not. */
export const reprocessability = z.discriminatedUnion('allowed', [
  z.object({ allowed: z.literal(true) }),
  z.object({
    allowed: z.literal(false),
    reason: z.enum(['not-finished', 'already-succeeded', 'reprocess-open', 'wrong-role']),
    /** The copy that is open or has succeeded. */
    copy: commandRef.nullable(),
  }),
])

export const getCommand = endpoint({
  path: 'GET /commands/:commandId',
  role: 'viewer',
  summary: 'One command: data, attempts, origin, consequences',
  tag: 'Commands',
  params: z.object({ commandId }),
  response: z.object({
    ...commandItem.omit({ error: true, origin: true }).shape,
    rootId: z.string(),
    /** Not before this; null = at once. */
    notBefore: instant.nullable(),
    /** Start of the first attempt that started. */
    firstStartedAt: instant.nullable(),
    /** Start of the latest attempt. */
    pickedAt: instant.nullable(),
    /** From when it could first run to the start of its first attempt. */
    waitMs: z.number().nullable(),
    lane: z.enum(LANES),
    priority: z.int(),
    data: dataSchema,
    /** Of the latest attempt that had one, unless it has succeeded since. */
    error: errorSchema.nullable(),
    /** Latest first; at most 100. */
    attempts: z.array(attemptSchema),
    attemptsInAll: z.int(),
    /** While it is processed: by which daemon. */
    claimedBy: z.object({ daemonId: z.string(), host: z.string().nullable(), pid: z.int().nullable() }).nullable(),
    /** No living daemon knows its type. */
    parked: z.boolean(),
    /** From the running code; null when it does not know the type. */
    retry: z
      .object({
        attempts: z.int(),
        backoff: z.enum(['none', 'fixed', 'linear', 'exponential']),
        baseMs: z.number(),
        capMs: z.number(),
        jitter: z.enum(['none', 'full']),
        timeoutMs: z.number(),
      })
      .nullable(),
    origin: commandOrigin,
    batch: batchRef
      .extend({
        status: z.enum(BATCH_STATUSES),
        /** Place among the members, from 1; null beyond the first 10,000 and for copies. */
        position: z.int().nullable(),
        size: z.int(),
        done: z.int(),
        failed: z.int(),
      })
      .nullable(),
    reprocess: reprocessability,
    /** Send as `latest` with *Reprocess*: id of the newest of the original and its copies. */
    latest: z.string(),
    /** Each the first 50 by creation, with `more`; the rest: `GET /commands?parent=…` or `?original=…`. */
    reprocessings: z.object({ items: z.array(commandItem), more: z.boolean() }),
    subcommands: z.object({ items: z.array(commandItem), more: z.boolean() }),
    batches: z.object({
      items: z.array(
        batchRef.extend({
          status: z.enum(BATCH_STATUSES),
          createdAt: instant,
          processedAt: instant.nullable(),
          size: z.int(),
        }),
      ),
      more: z.boolean(),
    }),
    /** Events that its handler emitted. */
    events: z.object({ items: z.array(eventRef.extend({ occurredAt: instant })), more: z.boolean() }),
    /** Calls to the outside, latest first. */
    effects: z.array(
      z.object({
        claimNo: z.int(),
        key: z.string(),
        state: z.enum(['calling', 'accepted', 'rejected', 'unknown']),
        calledAt: instant,
        deadlineAt: instant,
        endedAt: instant.nullable(),
        onUnknown: z.enum(['retry', 'reconcile', 'hold']),
        providerId: z.string().nullable(),
      }),
    ),
  }),
})

export const reprocessCommand = endpoint({
  path: 'POST /commands/:commandId/reprocess',
  role: 'operator',
  summary: 'Runs a command again as a linked copy, in its root and its batch',
  tag: 'Commands',
  params: z.object({ commandId }),
  body: z.object({
    reason: z.string().trim().min(3).max(1_000),
    /** Other data than the original's: any JSON that the type's schema accepts. */
    data: z.unknown().optional(),
    /** `latest` of the details that the person saw: refused with `changed-meanwhile` when there is a newer copy. */
    latest: anyId.optional(),
  }),
  refusals: ['not-finished', 'already-succeeded', 'reprocess-open', 'changed-meanwhile'],
  response: z.object({ copy: commandRef }),
})

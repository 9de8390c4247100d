import { z } from 'zod'
import {
  batchId,
  batchRef,
  commandRef,
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
import { BATCH_STATUSES, COMMAND_STATUSES } from './vocabulary.ts'

/** Its members, each counted once whatever its copies: the counts sum up to `size`. */
export const progressSchema = z.object({
  byStatus: z.record(z.enum(COMMAND_STATUSES), z.int()),
  /** Of the open ones, those that failed and have a copy under way. */
  recovering: z.int(),
})
export type Progress = z.output<typeof progressSchema>

export const batchItem = z.object({
  kind: z.literal('batch'),
  id: z.string(),
  ...namedType,
  status: z.enum(BATCH_STATUSES),
  /** It failed before and has a copy under way. */
  recovering: z.boolean(),
  tenant: tenantSchema,
  createdAt: instant,
  processedAt: instant.nullable(),
  size: z.int(),
  /** Members that have ended, and those of them that failed and were not healed. */
  done: z.int(),
  failed: z.int(),
  origin: z.enum(['event', 'command', 'direct']),
  next: commandRef.nullable(),
})
export type BatchItem = z.output<typeof batchItem>

export const listBatches = endpoint({
  path: 'GET /batches',
  role: 'viewer',
  summary: 'Batches, newest first',
  tag: 'Batches',
  query: z.object({
    ...listQuery,
    status: statusFilter(BATCH_STATUSES).optional(),
    type: typesFilter.optional(),
    origin: statusFilter(['event', 'command', 'direct']).optional(),
  }),
  response: pageOf(batchItem),
})

export const summarizeBatches = endpoint({
  path: 'GET /batches/summary',
  role: 'viewer',
  summary: 'How many batches, by status and by type',
  tag: 'Batches',
  query: z.object({ tenant: tenantFilter, type: typesFilter.optional() }),
  response: z.object({
    /** Equals the sum of `byStatus`. */
    total: z.int(),
    byStatus: z.record(z.enum(BATCH_STATUSES), z.int()),
    types: z.array(
      z.object({ ...namedType, total: z.int(), byStatus: z.partialRecord(z.enum(BATCH_STATUSES), z.int()) }),
    ),
  }),
})

/** Why the next command has or has not run, for the page to word. */
export const nextReason = z.discriminatedUnion('because', [
  /** The batch has none. */
  z.object({ because: z.literal('no-next') }),
  /** It may run since then; its own status tells the rest. Once ever, whatever happened to the batch since. */
  z.object({ because: z.literal('released'), releasedAt: instant }),
  /** Members may still be added. */
  z.object({ because: z.literal('not-sealed'), open: z.int() }),
  /** Members are under way; `retrying` of them have failed before, `failed` have failed for good so far. */
  z.object({ because: z.literal('members-open'), open: z.int(), retrying: z.int(), failed: z.int() }),
  /** Members failed and copies of some are under way. */
  z.object({ because: z.literal('recovering'), open: z.int(), failed: z.int(), copiesOpen: z.int() }),
  /** Too many failed, nothing is under way: it waits until enough of them were reprocessed with success. */
  z.object({ because: z.literal('members-failed'), failed: z.int(), nestedFailed: z.int(), mustHeal: z.int() }),
  /** Batches that its members made are under way. */
  z.object({ because: z.literal('nested-open'), open: z.int() }),
  /** A member waits for a human: nobody knows whether its call to the outside happened. */
  z.object({ because: z.literal('members-unknown'), unknown: z.int() }),
  /** All members have ended; the engine settles the batch within seconds. */
  z.object({ because: z.literal('settling') }),
  z.object({ because: z.literal('cancelled') }),
])
export type NextReason = z.output<typeof nextReason>

export const getBatch = endpoint({
  path: 'GET /batches/:batchId',
  role: 'viewer',
  summary: 'One batch: progress, next command and why it waits, origin. Members: `GET /commands?batch=…`',
  tag: 'Batches',
  params: z.object({ batchId }),
  response: z.object({
    ...batchItem.omit({ origin: true, next: true }).shape,
    rootId: z.string(),
    sealed: z.boolean(),
    /** Share of members that must succeed, in percent; 0: all have finished, however. */
    requiredPercent: z.number(),
    /** How often it went to error. */
    failings: z.int(),
    progress: progressSchema,
    /** Start of the earliest recorded attempt or call to the outside among the first hundred members. */
    firstStartedAt: instant.nullable(),
    /** From its creation to its end, or until now. */
    durationMs: z.number(),
    /** Members ended per second since the first start; null before the first has ended. */
    ratePerSecond: z.number().nullable(),
    /**
     * Until the members under way have ended, at that rate; null when none is or no rate is known. Members that wait for a
     * human, or for a daemon that knows them, are not under way.
     */
    remainingMs: z.number().nullable(),
    next: z.object({ command: commandRef.nullable(), reason: nextReason }),
    onFailure: z
      .object({
        ...namedType,
        /** What it became at each failing, latest first. */
        commands: z.array(commandRef.extend({ createdAt: instant })),
      })
      .nullable(),
    origin: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('event'), event: eventRef, handler: z.string().nullable() }),
      z.object({ kind: z.literal('command'), command: commandRef }),
      z.object({ kind: z.literal('direct') }),
    ]),
    /** The batch whose member made this one: it waits for this one. */
    parent: batchRef.nullable(),
    /** Batches that its members made, the first 50. */
    nested: z.array(batchRef),
  }),
})

import { z } from 'zod'
import { anyId, instant, labelSchema, refSchema, tenantSchema } from './common.ts'
import { endpoint } from './endpoint.ts'
import { COMMAND_STATUSES, KINDS } from './vocabulary.ts'

/** How one node came from another. */
export const EDGES = [
  'emitted', // entity → event, command → event
  'enqueued', // event → command or batch
  'subcommand', // command → command or batch
  'member', // batch → command
  'continues', // batch → its next command
  'on-failure', // batch → command made because it failed
  'reprocess', // command → its copy
] as const

export const workflowNode = z.object({
  /** Stable for a record; of a group stable while its members keep type and status. */
  key: z.string(),
  kind: z.enum([...KINDS, 'entity', 'group']),
  /** Of what a group consists. */
  of: z.enum(KINDS).nullable(),
  /** Null for entities and groups. */
  id: z.string().nullable(),
  /** Type of the record or of the group's members; of an entity its type. */
  type: z.string(),
  label: labelSchema.nullable(),
  /** Null for the entity. */
  status: z.enum(COMMAND_STATUSES).nullable(),
  /** How many records the node stands for. */
  count: z.int(),
  /** The node that it hangs on in the tree; null for the first. */
  parent: z.string().nullable(),
  /** How it came from its parent; null for the first. */
  as: z.enum(EDGES).nullable(),
  depth: z.int(),
  /** Send in `expand` to see a group's first hundred members one by one. */
  expandable: z.boolean(),
  /** Of an entity its id. */
  entityId: z.string().nullable(),
  createdAt: instant.nullable(),
  endedAt: instant.nullable(),
})
export type WorkflowNode = z.output<typeof workflowNode>

export const getWorkflow = endpoint({
  path: 'GET /workflows/:id',
  role: 'viewer',
  summary: 'Everything with the same root as any event, command or batch, folded to at most 300 nodes',
  tag: 'Workflows',
  params: z.object({ id: anyId }),
  query: z.object({
    /** Keys of groups to unfold, separated by commas. */
    expand: z
      .preprocess(
        (v) => (typeof v === 'string' ? v.split(',').filter(Boolean) : v),
        z.array(z.string().max(300)).max(20),
      )
      .optional(),
  }),
  response: z.object({
    root: refSchema,
    tenant: tenantSchema,
    /** The record that was asked for: the key of the node that it is, or is folded into. */
    focus: z.string().nullable(),
    /** `processing` while anything is open; else `error` when a failure was not healed; else as the rest ended. */
    status: z.enum(COMMAND_STATUSES),
    startedAt: instant,
    /** When the last of it ended; null while anything is open. */
    endedAt: instant.nullable(),
    elapsedMs: z.number(),
    progress: z.object({ done: z.int(), total: z.int(), failed: z.int() }),
    counts: z.object({ event: z.int(), command: z.int(), batch: z.int() }),
    /** Depth first, so that the list reads as the tree. Edges of the tree are `parent` and `as`. */
    nodes: z.array(workflowNode),
    /** Edges that are no tree edges: a batch's next command → nothing new, copies inside a batch, … */
    edges: z.array(z.object({ from: z.string(), to: z.string(), as: z.enum(EDGES) })),
    /** More records than could be looked at: counts are of the oldest of them. */
    truncated: z.boolean(),
  }),
})

import { isUuid, SINGLE_TENANT } from '../definitions/uuid.ts'
import { CascataError } from '../errors.ts'
import { asTx, type TxHandle } from '../postgres/tx.ts'

/** One thing that happened or is to happen, and what caused it. */
export interface LineageNode {
  readonly kind: 'event' | 'command' | 'batch'
  readonly id: string
  readonly type: string
  readonly status: string
  /** How it came about; undefined for the root. */
  readonly causedBy:
    | { readonly kind: 'event' | 'command' | 'batch'; readonly id: string; readonly as: string }
    | undefined
  /** The batch that a command is a member of. */
  readonly batchId: string | undefined
  readonly rootId: string
}

const ROOT = `
  select root_id from cascata.commands where tenant = $1 and id = $2
  union all select root_id from cascata.events where tenant = $1 and id = $2
  union all select root_id from cascata.batches where tenant = $1 and id = $2
  limit 1`

// Bounded below by the root's own millisecond, so that older partitions are not read. Not by its id: what an event's
// handler made has ids of the event's time and a hash, which may sort before the event itself.
// Each part is cut by itself, in the order of its index, so that a root with a million nodes is not read whole.
const NODES = `
  (select 'event' as kind, id, type, status, case when command_id is null then null else 'command' end as cause_kind,
    command_id as cause_id, 'emitted' as cause_as, null::uuid as batch_id, root_id
  from cascata.event_statuses where tenant = $1 and root_id = $2 and id >= $3 order by id limit $4)
  union all
  (select 'command', id, type, status,
    case origin when 'event' then 'event' when 'batch' then 'batch' when 'batch-failure' then 'batch'
                when 'command' then 'command' when 'reprocess' then 'command' end,
    origin_id, origin, batch_id, root_id
  from cascata.command_statuses where tenant = $1 and root_id = $2 and id >= $3 order by id limit $4)
  union all
  (select 'batch', id, type, status, case when origin = 'direct' then null else origin end, origin_id, origin, null, root_id
  from cascata.batch_statuses where tenant = $1 and root_id = $2 and id >= $3 order by id limit $4)
  order by id limit $4`

/** What a page or a terminal can still show, and some 30 MB in memory. */
const NODES_MAX = 10_000

interface Row {
  kind: 'event' | 'command' | 'batch'
  id: string
  type: string
  status: string
  cause_kind: 'event' | 'command' | 'batch' | null
  cause_id: string | null
  cause_as: string
  batch_id: string | null
  root_id: string
}

export interface LineageOptions {
  tenant?: string
  /** How many nodes are read at the most, the oldest first. Default 10,000. */
  limit?: number
}

/** Nodes by age, and whether there are more than these. */
export type Lineage = LineageNode[] & {
  /** The limit was reached: nodes are missing, of a lineage the youngest. */
  readonly truncated: boolean
}

/**
 * Everything that has the same root as the given event, command or batch: causes and consequences alike, by age.
 * Of more than `limit`, those that caused what was asked for are always among them.
 * @throws CascataError `not-found`, `bad-option` for a limit that is no whole number from 1 to 1,000,000.
 */
export async function lineageOf(tx: TxHandle, id: string, options: LineageOptions = {}): Promise<Lineage> {
  const tenant = options.tenant ?? SINGLE_TENANT
  const limit = checkedLimit(options.limit)
  const handle = asTx(tx)
  const root =
    isUuid(id) && isUuid(tenant)
      ? (await handle.query<{ root_id: string }>(ROOT, [tenant, id])).rows[0]?.root_id
      : undefined
  if (root === undefined) {
    throw new CascataError('not-found', `Nothing has the id ${String(id)}.`, { fix: 'check the id and the tenant.' })
  }
  const read = async (fromId: string, most: number) =>
    (await handle.query<Row>(NODES, [tenant, root, fromId, most])).rows.map(nodeOf)
  const nodes = await read(`${root.slice(0, 13)}-0000-0000-000000000000`, limit + 1)
  const truncated = nodes.length > limit
  if (!truncated) return Object.assign(nodes, { truncated })
  nodes.length = limit
  const known = new Set(nodes.map((node) => node.id))
  for (let missing: string | undefined = id; missing && !known.has(missing) && nodes.length < 2 * limit; ) {
    const [node]: LineageNode[] = await read(missing, 1)
    if (node?.id !== missing) break
    known.add(missing)
    nodes.push(node)
    missing = node.causedBy?.id
  }
  nodes.sort((a, b) => (a.id < b.id ? -1 : 1))
  return Object.assign(nodes, { truncated })
}

function nodeOf(row: Row): LineageNode {
  return {
    kind: row.kind,
    id: row.id,
    type: row.type,
    status: row.status,
    causedBy: row.cause_kind && row.cause_id ? { kind: row.cause_kind, id: row.cause_id, as: row.cause_as } : undefined,
    batchId: row.batch_id ?? undefined,
    rootId: row.root_id,
  }
}

function checkedLimit(limit = NODES_MAX): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= 1_000_000) return limit
  throw new CascataError('bad-option', `limit is ${limit}.`, { fix: 'use a whole number from 1 to 1,000,000.' })
}

/**
 * The nodes that a node was caused by, nearest first: at the most `limit` (default 10,000). `truncated` when there are more,
 * or when the given nodes do not hold the next cause.
 * @throws CascataError `bad-option` for a limit that is no whole number from 1 to 1,000,000.
 */
export function causesOf(nodes: readonly LineageNode[], id: string, options: { limit?: number } = {}): Lineage {
  const limit = checkedLimit(options.limit)
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const causes: LineageNode[] = []
  let next = byId.has(id) ? byId.get(id)?.causedBy?.id : id
  while (next !== undefined && next !== id && causes.length < limit) {
    const cause = byId.get(next)
    if (!cause) break
    causes.push(cause)
    next = cause.causedBy?.id
  }
  return Object.assign(causes, { truncated: next !== undefined })
}

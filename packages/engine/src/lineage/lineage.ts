import { isUuid, SINGLE_TENANT } from '../definitions/uuid.ts'
import { CascataError } from '../errors.ts'
import { asConnection, type PoolLike, type TxHandle } from '../postgres/tx.ts'

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
const NODES = `
  select 'event' as kind, id, type, status, case when command_id is null then null else 'command' end as cause_kind,
    command_id as cause_id, 'emitted' as cause_as, null::uuid as batch_id, root_id
  from cascata.event_statuses where tenant = $1 and root_id = $2 and id >= $3
  union all
  select 'command', id, type, status,
    case origin when 'event' then 'event' when 'batch' then 'batch' when 'batch-failure' then 'batch'
                when 'command' then 'command' when 'reprocess' then 'command' end,
    origin_id, origin, batch_id, root_id
  from cascata.command_statuses where tenant = $1 and root_id = $2 and id >= $3
  union all
  select 'batch', id, type, status, case when origin = 'direct' then null else origin end, origin_id, origin, null, root_id
  from cascata.batch_statuses where tenant = $1 and root_id = $2
  order by id`

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

/**
 * Everything that has the same root as the given event, command or batch: causes and consequences alike, by age.
 * @throws CascataError `not-found`.
 */
export async function lineageOf(
  tx: TxHandle | PoolLike,
  id: string,
  options: { tenant?: string } = {},
): Promise<LineageNode[]> {
  const tenant = options.tenant ?? SINGLE_TENANT
  const handle = asConnection(tx)
  const root =
    isUuid(id) && isUuid(tenant)
      ? (await handle.query<{ root_id: string }>(ROOT, [tenant, id])).rows[0]?.root_id
      : undefined
  if (root === undefined) {
    throw new CascataError('not-found', `Nothing has the id ${String(id)}.`, { fix: 'check the id and the tenant.' })
  }
  const { rows } = await handle.query<Row>(NODES, [tenant, root, `${root.slice(0, 13)}-0000-0000-000000000000`])
  return rows.map((row) => ({
    kind: row.kind,
    id: row.id,
    type: row.type,
    status: row.status,
    causedBy: row.cause_kind && row.cause_id ? { kind: row.cause_kind, id: row.cause_id, as: row.cause_as } : undefined,
    batchId: row.batch_id ?? undefined,
    rootId: row.root_id,
  }))
}

/** The nodes that a node was caused by, nearest first. */
export function causesOf(nodes: readonly LineageNode[], id: string): LineageNode[] {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const causes: LineageNode[] = []
  for (let at = byId.get(byId.get(id)?.causedBy?.id ?? ''); at; at = byId.get(at.causedBy?.id ?? '')) causes.push(at)
  return causes
}

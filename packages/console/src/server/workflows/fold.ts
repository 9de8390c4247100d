/**
 * From rows to at most three hundred nodes. Nodes hang on what caused them; members on their batch. Below one node, those
 * of one type and status that are more than a few become a group, and what hangs on them hangs on the group.
 */
import type { EDGES } from '../../contract/index.ts'
import type { WorkflowRow } from './workflow-rows.ts'

export const NODES_MAX = 300
/** So many of one type and status below one node are shown one by one. */
const SINGLE_MAX = 3
const UNFOLDED_MAX = 100

export interface Folded {
  key: string
  /** The record, or one row for all of the group. */
  row: WorkflowRow
  ids: string[]
  count: number
  group: boolean
  parent: string | null
  as: (typeof EDGES)[number] | null
  depth: number
  createdAt: Date
  endedAt: Date | null
  /** Rows that were summed up without ids: to unfold them, the database must be asked. */
  sums: WorkflowRow[]
}

export interface FoldResult {
  nodes: Folded[]
  /** Record id → key of the node that it is or is folded into. */
  keyOf: Map<string, string>
}

/**
 * @param unfold keys of groups to show one by one. @param tight folds whatever can be: when there are too many nodes.
 */
export function fold(
  rows: readonly WorkflowRow[],
  rootId: string,
  unfold: ReadonlySet<string>,
  tight = false,
): FoldResult {
  const ids = new Set(rows.flatMap((row) => (row.id ? [row.id] : [])))
  const below = Map.groupBy(
    rows.filter((row) => row.id !== rootId),
    (row) => hangsOn(row, ids, rootId),
  )
  // Rows are taken once each: those that hang on one another in a circle end there.
  const take = (id: string): WorkflowRow[] => {
    const taken = below.get(id) ?? []
    below.delete(id)
    return taken
  }
  const nodes: Folded[] = []
  const keyOf = new Map<string, string>()

  const root = rows.find((row) => row.id === rootId)
  const tops = root ? [root] : take(rootId)
  const open = tops.map((top) => nodeOf([top], null, 0)).reverse()
  for (let node = open.pop(); node; node = open.pop()) {
    nodes.push(node)
    for (const id of node.ids) keyOf.set(id, node.key)
    open.push(...groupsOf(node.ids.flatMap(take), node, unfold, tight ? 1 : SINGLE_MAX).reverse())
  }
  return { nodes, keyOf }
}

/** Members hang on their batch; a copy on its original; a batch's next command on the batch. */
function hangsOn(row: WorkflowRow, ids: ReadonlySet<string>, rootId: string): string {
  if (row.as === 'reprocess' && row.cause && ids.has(row.cause)) return row.cause
  if (row.batch_id && ids.has(row.batch_id)) return row.batch_id
  // What retention has dropped, or was not looked at, leaves its consequences to the root.
  return row.cause && ids.has(row.cause) ? row.cause : rootId
}

function edgeOf(row: WorkflowRow): (typeof EDGES)[number] {
  if (row.as === 'reprocess') return 'reprocess'
  if (row.batch_id) return 'member'
  switch (row.as) {
    case 'emitted':
      return 'emitted'
    case 'batch':
      return 'continues'
    case 'batch-failure':
      return 'on-failure'
    case 'command':
      return 'subcommand'
    default:
      return 'enqueued'
  }
}

function groupsOf(rows: WorkflowRow[], parent: Folded, unfold: ReadonlySet<string>, singles: number): Folded[] {
  const alike = Map.groupBy(rows, (row) => [row.kind, edgeOf(row), row.type, row.status].join('|'))
  return [...alike.values()].flatMap((same) => {
    const count = same.reduce((sum, row) => sum + row.n, 0)
    const whole = nodeOf(same, parent, parent.depth + 1)
    if (count === 1) return [whole]
    const known = same.filter((row) => row.id !== null)
    const sums = same.filter((row) => row.id === null)
    if (!unfold.has(whole.key) && (count > singles || sums.length > 0)) return [whole]
    const shown = known.slice(0, unfold.has(whole.key) ? UNFOLDED_MAX : singles)
    const rest = [...known.slice(shown.length), ...sums]
    return [
      ...shown.map((row) => nodeOf([row], parent, parent.depth + 1)),
      ...(rest.length > 0 ? [{ ...nodeOf(rest, parent, parent.depth + 1), key: `${whole.key}|rest` }] : []),
    ]
  })
}

function nodeOf(rows: WorkflowRow[], parent: Folded | null, depth: number): Folded {
  const row = rows[0] as WorkflowRow
  const count = rows.reduce((sum, { n }) => sum + n, 0)
  const single = count === 1
  const ended = rows.map((r) => r.ended_at).filter((at) => at !== null)
  return {
    key: single
      ? (row.id ?? row.first_id)
      : [parent?.key.slice(0, 120) ?? '', edgeOf(row), row.type, row.status].join('|'),
    row: single ? { ...row, id: row.id ?? row.first_id } : row,
    ids: rows.map((r) => r.id ?? (r.n === 1 ? r.first_id : null)).filter((id) => id !== null),
    count,
    group: !single,
    parent: parent?.key ?? null,
    as: parent ? edgeOf(row) : null,
    depth,
    createdAt: new Date(Math.min(...rows.map((r) => r.created_at.getTime()))),
    endedAt: ended.length > 0 ? new Date(Math.max(...ended.map((at) => at.getTime()))) : null,
    sums: rows.filter((r) => r.id === null && r.n > 1),
  }
}

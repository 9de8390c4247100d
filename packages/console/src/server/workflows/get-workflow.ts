import type { CommandStatus, getWorkflow, InputOf, Kind, ResponseOf, WorkflowNode } from '../../contract/index.ts'
import { findAny } from '../find.ts'
import { showId } from '../ids.ts'
import type { Key } from '../keyset.ts'
import type { Names } from '../names.ts'
import { Refused } from '../problem.ts'
import type { Reader } from '../read.ts'
import { refOf } from '../refs.ts'
import { type Folded, type FoldResult, fold, NODES_MAX } from './fold.ts'
import { membersOf, ROWS_MAX, rootOf, type WorkflowRow, workflowRows } from './workflow-rows.ts'

type Response = ResponseOf<typeof getWorkflow>

const UNFOLDED_MAX = 100
const OPEN: readonly CommandStatus[] = ['pending', 'scheduled', 'awaiting', 'processing']

export async function workflowOf(db: Reader, names: Names, input: InputOf<typeof getWorkflow>): Promise<Response> {
  const asked = await findAny(db, input.id)
  const rootId = (await rootOf(db, asked.kind, asked)) ?? asked.id
  const root: Key = { tenant: asked.tenant, id: rootId }
  const all = await workflowRows(db, root)
  if (all.length === 0) throw new Refused('not-found')
  const truncated = all.length > ROWS_MAX
  const rows = all.slice(0, ROWS_MAX)

  const { nodes, keyOf } = await folded(db, rows, root, new Set(input.expand ?? []))
  const kind = rows.find((row) => row.id === rootId)?.kind ?? rows[0]?.kind ?? 'command'
  const entity = kind === 'event' ? await entityOf(db, root) : undefined
  const shown = nodes.map((node) => nodeShown(names, node, entity ? 1 : 0))
  if (entity) {
    for (const node of shown) {
      if (node.parent === null) Object.assign(node, { parent: ENTITY, as: 'emitted' })
    }
    shown.unshift(entityNode(names, entity))
  }
  const now = (await db.row<{ now: Date }>('select now() as now'))?.now ?? new Date()
  const status = rollUp(rows)
  const startedAt = new Date(Math.min(...rows.map((row) => row.created_at.getTime())))
  const ended = rows.map((row) => row.ended_at?.getTime() ?? 0)
  const endedAt = status === 'processing' ? null : new Date(Math.max(startedAt.getTime(), ...ended))
  return {
    root: await refOf(db, names, kind, root.tenant, rootId),
    tenant: await names.tenant(root.tenant),
    focus: keyOf.get(asked.id) ?? null,
    status,
    startedAt: startedAt.toISOString(),
    endedAt: endedAt?.toISOString() ?? null,
    elapsedMs: (endedAt ?? now).getTime() - startedAt.getTime(),
    progress: progressOf(rows),
    counts: { event: countOf(rows, 'event'), command: countOf(rows, 'command'), batch: countOf(rows, 'batch') },
    nodes: shown.slice(0, NODES_MAX),
    edges: crossEdges(rows, keyOf),
    truncated: truncated || shown.length > NODES_MAX,
  }
}

/** Unfolds what was asked for, as far as the nodes allow: groups without ids are asked for in the database. */
async function folded(
  db: Reader,
  rows: readonly WorkflowRow[],
  root: Key,
  expand: ReadonlySet<string>,
): Promise<FoldResult> {
  let known = [...rows]
  let result = fold(known, root.id, expand)
  const wanted = fold(known, root.id, new Set()).nodes.filter((node) => expand.has(node.key))
  for (const node of wanted) {
    for (const sum of node.sums) {
      const ids = await membersOf(db, root, sum, UNFOLDED_MAX)
      const singles = ids.map((id) => ({ ...sum, id, first_id: id, n: 1 }))
      const rest = sum.n - ids.length
      known = [...known.filter((row) => row !== sum), ...singles, ...(rest > 0 ? [{ ...sum, n: rest }] : [])]
    }
  }
  if (known.length !== rows.length) result = fold(known, root.id, expand)
  return result.nodes.length > NODES_MAX ? fold(known, root.id, expand, true) : result
}

const ENTITY = 'entity'

async function entityOf(db: Reader, root: Key): Promise<{ type: string; id: string } | undefined> {
  return await db.row<{ type: string; id: string }>(
    'select entity_type as type, entity_id as id from cascata.events where tenant = $1 and id = $2',
    [root.tenant, root.id],
  )
}

const entityNode = (names: Names, { type, id }: { type: string; id: string }): WorkflowNode => ({
  key: ENTITY,
  kind: 'entity',
  of: null,
  id: null,
  ...names.entity(type),
  status: null,
  count: 1,
  parent: null,
  as: null,
  depth: 0,
  expandable: false,
  entityId: id,
  createdAt: null,
  endedAt: null,
})

function nodeShown(names: Names, node: Folded, deeper: number): WorkflowNode {
  const { row } = node
  return {
    key: node.key,
    kind: node.group ? 'group' : row.kind,
    of: node.group ? row.kind : null,
    id: node.group || row.id === null ? null : showId(row.kind, row.id),
    ...names.typed(row.kind, row.type),
    status: row.status,
    count: node.count,
    parent: node.parent,
    as: node.as,
    depth: node.depth + deeper,
    expandable: node.group && !node.key.endsWith('|rest'),
    entityId: null,
    createdAt: node.createdAt.toISOString(),
    endedAt: node.endedAt?.toISOString() ?? null,
  }
}

/** A copy hangs on its original in the tree, and is a member of the batch as well. */
function crossEdges(rows: readonly WorkflowRow[], keyOf: ReadonlyMap<string, string>): Response['edges'] {
  const edges = rows.flatMap((row) => {
    const from = row.batch_id && keyOf.get(row.batch_id)
    const to = row.id && keyOf.get(row.id)
    return row.as === 'reprocess' && from && to ? [{ from, to, as: 'member' as const }] : []
  })
  return [...new Map(edges.map((edge) => [`${edge.from} ${edge.to}`, edge])).values()].slice(0, NODES_MAX)
}

/** A failure that a later copy made good is none; what still waits for a failed batch keeps nothing going. */
function rollUp(rows: readonly WorkflowRow[]): CommandStatus {
  const failed = rows.some((row) => isFailure(row, rows))
  const stuck = (row: WorkflowRow) =>
    row.status === 'awaiting' && rows.some((b) => b.kind === 'batch' && b.id === row.cause && b.status === 'error')
  if (rows.some((row) => OPEN.includes(row.status) && !stuck(row))) return 'processing'
  if (failed) return 'error'
  if (rows.some((row) => row.status === 'unknown')) return 'unknown'
  return rows.every((row) => row.status === 'cancelled') ? 'cancelled' : 'success'
}

function isFailure(row: WorkflowRow, rows: readonly WorkflowRow[]): boolean {
  if (row.status !== 'error') return false
  if (row.kind !== 'command' || row.id === null) return true
  const original = row.as === 'reprocess' ? row.cause : row.id
  return !rows.some((copy) => copy.as === 'reprocess' && copy.cause === original && copy.status === 'success')
}

function progressOf(rows: readonly WorkflowRow[]): Response['progress'] {
  const counted = rows.filter((row) => row.kind !== 'batch')
  const sum = (of: (row: WorkflowRow) => boolean) => counted.reduce((total, row) => total + (of(row) ? row.n : 0), 0)
  return {
    total: sum(() => true),
    done: sum((row) => !OPEN.includes(row.status)),
    failed: sum((row) => isFailure(row, rows)),
  }
}

const countOf = (rows: readonly WorkflowRow[], kind: Kind): number =>
  rows.reduce((sum, row) => sum + (row.kind === kind ? row.n : 0), 0)

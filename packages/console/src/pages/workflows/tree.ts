/** The lineage as rows of a treegrid: which are seen, where each stands among its siblings, where the keys lead. */
import type { WorkflowNode } from '../../contract/index.ts'

export interface TreeRow {
  node: WorkflowNode
  /** From 1. */
  level: number
  /** Place among the children of its parent, from 1, and how many these are. */
  place: number
  of: number
  /** Null: it has no children and no members to unfold. */
  expanded: boolean | null
}

/** Nodes come depth first, so children follow their parent. */
export function treeRows(nodes: readonly WorkflowNode[], collapsed: ReadonlySet<string>): TreeRow[] {
  const known = new Set(nodes.map(({ key }) => key))
  const parentOf = (node: WorkflowNode) => (node.parent !== null && known.has(node.parent) ? node.parent : '')
  const children = Map.groupBy(nodes, parentOf)
  const rows: TreeRow[] = []
  const seen = new Set<string>()
  const add = (parent: string, level: number) => {
    const siblings = children.get(parent) ?? []
    for (const [index, node] of siblings.entries()) {
      if (seen.has(node.key)) continue
      seen.add(node.key)
      const inside = (children.get(node.key)?.length ?? 0) > 0
      const open = inside && !collapsed.has(node.key)
      rows.push({
        node,
        level,
        place: index + 1,
        of: siblings.length,
        expanded: inside || node.expandable ? open : null,
      })
      if (open) add(node.key, level + 1)
    }
  }
  add('', 1)
  return rows
}

export type Move = { focus: string } | { toggle: string; to: boolean } | { open: string } | undefined

/** WAI-ARIA's treegrid keys, for rows. */
export function moveIn(rows: readonly TreeRow[], focus: string, key: string): Move {
  const at = rows.findIndex(({ node }) => node.key === focus)
  const row = rows[at]
  if (!row) return undefined
  const to = (index: number): Move => {
    const target = rows[Math.max(0, Math.min(rows.length - 1, index))]
    return target && target !== row ? { focus: target.node.key } : undefined
  }
  switch (key) {
    case 'ArrowDown':
      return to(at + 1)
    case 'ArrowUp':
      return to(at - 1)
    case 'Home':
      return to(0)
    case 'End':
      return to(rows.length - 1)
    case 'ArrowRight':
      if (row.expanded === false) return { toggle: focus, to: true }
      return row.expanded ? to(at + 1) : undefined
    case 'ArrowLeft': {
      if (row.expanded) return { toggle: focus, to: false }
      const parent = rows.findLastIndex(({ level }, index) => index < at && level < row.level)
      return parent >= 0 ? to(parent) : undefined
    }
    case 'Enter':
      return { open: focus }
    default:
      return undefined
  }
}

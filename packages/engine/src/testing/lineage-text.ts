import type { LineageNode } from '../lineage/lineage.ts'

/**
 * A lineage as indented lines, for comparing in tests: siblings of one type and status are one line with their number.
 *
 *     class-activity.created success
 *       class-activity.notify success
 *         [new-class-activity-emails] success
 *           new-class-activity-email.send success ×6
 *           → class-activity.tell-teacher success
 */
export function lineageText(nodes: readonly LineageNode[]): string {
  const children = new Map<string, LineageNode[]>()
  for (const node of nodes) {
    const parent = node.batchId && node.causedBy?.as !== 'reprocess' ? node.batchId : (node.causedBy?.id ?? '')
    children.set(parent, [...(children.get(parent) ?? []), node])
  }
  const lines: string[] = []
  const add = (parent: string, depth: number): void => {
    const groups = Map.groupBy(children.get(parent) ?? [], (node) => `${title(node)} ${node.status}`)
    for (const [text, group] of groups) {
      lines.push(`${'  '.repeat(depth)}${text}${group.length > 1 ? ` ×${group.length}` : ''}`)
      for (const node of group) add(node.id, depth + 1)
    }
  }
  add('', 0)
  return lines.join('\n')
}

const MARK: Record<string, string> = { batch: '→ ', 'batch-failure': '✗ ', reprocess: '↻ ' }

function title(node: LineageNode): string {
  if (node.kind === 'batch') return `[${node.type}]`
  return `${MARK[node.causedBy?.as ?? ''] ?? ''}${node.type}`
}

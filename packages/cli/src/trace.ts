/** `cascata trace <id>`: all that has the same root as an event, a command or a batch, as the tree that it is. */
import type { getWorkflow, ResponseOf } from '@cascata/console/contract'

type Workflow = ResponseOf<typeof getWorkflow>
type Node = Workflow['nodes'][number]

const MARKS: Partial<Record<NonNullable<Node['as']>, string>> = {
  continues: 'next ',
  'on-failure': 'on failure ',
  reprocess: 'again ',
}

export function traceText({ nodes, status, progress, elapsedMs, truncated }: Workflow): string {
  const children = Map.groupBy(nodes, ({ parent }) => parent)
  const lines: string[] = []
  const add = (parent: string | null, indent: string) => {
    const below = children.get(parent) ?? []
    for (const [at, node] of below.entries()) {
      const isLast = at === below.length - 1
      lines.push(`${indent}${parent === null ? '' : isLast ? '└─ ' : '├─ '}${nodeText(node)}`)
      add(node.key, parent === null ? '' : `${indent}${isLast ? '   ' : '│  '}`)
    }
  }
  add(null, '')
  const failed = progress.failed > 0 ? `, ${progress.failed} failed` : ''
  lines.push('', `${status}: ${progress.done} of ${progress.total} done${failed}, ${(elapsedMs / 1000).toFixed(3)} s`)
  if (truncated) lines.push('There is more than could be looked at: the figures are of the oldest records.')
  return lines.join('\n')
}

function nodeText({ kind, type, status, count, as, id, entityId }: Node): string {
  const name = kind === 'batch' ? `[${type}]` : type
  const times = count > 1 ? ` ×${count}` : ''
  return [`${(as && MARKS[as]) ?? ''}${name}${times}`, status, id ?? entityId].filter(Boolean).join('  ')
}

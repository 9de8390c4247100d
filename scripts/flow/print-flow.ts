/** The wiring as trees: one for each route that brings something about, and for each event that nothing here emits. */
import type { Edge, Wiring } from './wiring.ts'

/** @param placeOf what is printed of a place, which is file:line. */
export function flowText(wiring: Wiring, placeOf: (at: string) => string): string {
  const { nodes, edges } = wiring
  const reached = new Set(edges.map(({ to }) => to))
  const roots = [...nodes.values()].filter(({ kind, key }) => kind === 'route' || !reached.has(key))
  return roots.map(({ key }) => treeOf(wiring, key, placeOf)).join('\n\n')
}

interface Line {
  text: string
  details: string
  at: string
}

function treeOf({ nodes, edges }: Wiring, root: string, placeOf: (at: string) => string): string {
  const lines: Line[] = []
  const shown = new Set<string>()
  const childrenOf = (key: string) => edges.filter(({ from }) => from === key)
  const add = (key: string, mark: string, lead: string, below: string) => {
    const node = nodes.get(key)
    if (!node) return
    const members = node.kind === 'batch' ? childrenOf(key).filter(({ as }) => as === 'member') : []
    const rest = childrenOf(key).filter((edge) => !members.includes(edge))
    const inline = members.map(({ to }) => `${nodes.get(to)?.title} ×n`).join(', ')
    const text = `${lead}${mark}${node.title}${inline ? ` ${inline}` : ''}`
    // A batch is made where its maker is: its members' place says more.
    const speaker = members.length === 1 ? nodes.get(members[0]?.to ?? '') : node
    const again = shown.has(key) && childrenOf(key).length > 0
    lines.push({
      text: again ? `${text} (above)` : text,
      details: speaker?.details ?? '',
      at: placeOf((speaker ?? node).at),
    })
    if (again) return
    shown.add(key)
    // What members bring about themselves stands below the batch, before its next command.
    const next: Edge[] = [...members.flatMap(({ to }) => childrenOf(to)), ...rest]
    for (const [i, edge] of next.entries()) {
      const isLast = i === next.length - 1
      add(edge.to, MARK[edge.as], `${below}${isLast ? '└─ ' : '├─ '}`, `${below}${isLast ? '   ' : '│  '}`)
    }
  }
  add(root, '', '', '')
  const wide = (of: (line: Line) => string) => Math.max(...lines.map((line) => of(line).length))
  const [texts, places] = [wide(({ text }) => text), wide((line) => line.at)]
  return lines
    .map(({ text, details, at }) => `${text.padEnd(texts)}  ${at.padEnd(places)}  ${details}`.trimEnd())
    .join('\n')
}

const MARK: Record<Edge['as'], string> = { 'leads-to': '', member: '', next: 'next ', failure: 'on failure ' }

/** What a record comes from, nearest last: the breadcrumb of its page. */
import type { WorkflowNode } from '../../contract/index.ts'

export function chainTo(nodes: readonly WorkflowNode[], focus: string | null): WorkflowNode[] {
  const byKey = new Map(nodes.map((node) => [node.key, node]))
  const chain: WorkflowNode[] = []
  const seen = new Set<string>()
  for (
    let at = byKey.get(byKey.get(focus ?? '')?.parent ?? '');
    at && !seen.has(at.key);
    at = byKey.get(at.parent ?? '')
  ) {
    seen.add(at.key)
    chain.unshift(at)
  }
  return chain
}

/** A member that is folded away has no node of its own: its chain ends at what it is under. */
export function chainOf(
  nodes: readonly WorkflowNode[],
  focus: string | null,
  under: string | undefined,
): WorkflowNode[] {
  if (focus !== null) return chainTo(nodes, focus)
  const parent = under === undefined ? undefined : nodes.find(({ id }) => id === under)
  return parent ? [...chainTo(nodes, parent.key), parent] : []
}

/** Long chains keep their beginning and their end. */
export function shorten<T>(chain: readonly T[], max = 5): { head: readonly T[]; hidden: number; tail: readonly T[] } {
  if (chain.length <= max) return { head: chain, hidden: 0, tail: [] }
  return { head: chain.slice(0, 1), hidden: chain.length - max, tail: chain.slice(chain.length - max + 1) }
}

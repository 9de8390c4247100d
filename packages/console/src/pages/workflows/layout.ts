/** Places the graph from left to right, as time runs. Runs in a worker: two hundred nodes take a tenth of a second. */
import dagre from '@dagrejs/dagre'
import { NODE_HEIGHT, NODE_WIDTH, type Places, type Shape } from './shape.ts'

export function layout({ nodes, edges }: Shape): Places {
  const graph = new dagre.graphlib.Graph()
  graph.setGraph({ rankdir: 'LR', nodesep: 20, ranksep: 104 })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const key of nodes) graph.setNode(key, { width: NODE_WIDTH, height: NODE_HEIGHT })
  for (const [from, to] of edges) graph.setEdge(from, to)
  dagre.layout(graph)
  return Object.fromEntries(
    nodes.map((key) => {
      const { x, y } = graph.node(key)
      return [key, { x: x - NODE_WIDTH / 2, y: y - NODE_HEIGHT / 2 }]
    }),
  )
}

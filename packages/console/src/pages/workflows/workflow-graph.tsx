/** The lineage as a graph from left to right. What the tree says in rows is here in places; both lead to the same pages. */
import {
  Background,
  type ColorMode,
  Controls,
  type Edge,
  Handle,
  MarkerType,
  MiniMap,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
  ReactFlowProvider,
} from '@xyflow/react'
import '@xyflow/react/dist/style.css'
import { useComputedColorScheme } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useNavigate } from '@tanstack/react-router'
import { type KeyboardEvent, useEffect, useMemo, useState } from 'react'
import type { WorkflowNode } from '../../contract/index.ts'
import { useConsole } from '../kit/console.tsx'
import type { AnswerOf, getWorkflow } from '../kit/endpoints.ts'
import { lookOf, toneColor } from '../kit/looks.ts'
import { LabelText, useLabel } from '../kit/record.tsx'
import { Loading } from '../kit/states.tsx'
import { StatusMark, useStatusWord } from '../kit/status.tsx'
import { iconOf, targetOf } from './nodes.ts'
import { NODE_HEIGHT, NODE_WIDTH, type Places, type Shape } from './shape.ts'
import classes from './workflow-graph.module.css'

type Lineage = AnswerOf<typeof getWorkflow>
type Card = Node<{ node: WorkflowNode; asked: boolean }, 'card'>

/** Places stay as they are while only statuses change: nothing moves under the pointer. */
function usePlaces(shape: Shape): Places | undefined {
  const signature = JSON.stringify(shape)
  const [places, setPlaces] = useState<Places>()
  useEffect(() => {
    const worker = new Worker(new URL('./layout.worker.ts', import.meta.url), { type: 'module' })
    worker.onmessage = ({ data }: MessageEvent<Places>) => setPlaces(data)
    worker.postMessage(JSON.parse(signature))
    return () => worker.terminate()
  }, [signature])
  return places
}

export default function WorkflowGraph({
  nodes,
  edges,
  focus,
  unfold,
}: {
  nodes: Lineage['nodes']
  edges: Lineage['edges']
  focus: string | null
  unfold: (key: string) => void
}) {
  const { t, format } = useConsole()
  const label = useLabel()
  const word = useStatusWord()
  const navigate = useNavigate()
  const scheme = useComputedColorScheme('light') as ColorMode
  const links = useMemo(
    () => [...nodes.flatMap(({ key, parent, as }) => (parent && as ? [{ from: parent, to: key, as }] : [])), ...edges],
    [nodes, edges],
  )
  const places = usePlaces({
    nodes: nodes.map(({ key }) => key),
    edges: links.map(({ from, to }) => [from, to] as const),
  })

  const open = (key: string) => {
    const node = nodes.find((each) => each.key === key)
    const target = node && targetOf(node)
    if (target) void navigate(target)
    else if (node?.expandable) unfold(key)
  }

  const cards = useMemo<Card[]>(
    () =>
      nodes.flatMap((node) => {
        const position = places?.[node.key]
        if (!position) return []
        const words = [
          t(`kind.${node.kind === 'group' ? (node.of ?? 'command') : node.kind}`),
          label(node),
          node.count > 1 ? `× ${format.number(node.count)}` : '',
          node.status ? word(node.status) : '',
        ]
        return {
          id: node.key,
          type: 'card',
          position,
          width: NODE_WIDTH,
          height: NODE_HEIGHT,
          data: { node, asked: node.key === focus },
          ariaLabel: words.filter(Boolean).join(', '),
        } satisfies Card
      }),
    [nodes, places, focus, t, label, word, format],
  )
  const lines = useMemo<Edge[]>(
    () =>
      links
        .filter(({ from, to }) => places?.[from] && places[to])
        .map(({ from, to, as }) => ({
          id: `${from} ${to}`,
          source: from,
          target: to,
          label: t(`edge.${as}`),
          ariaLabel: t(`edge.${as}`),
          focusable: false,
          markerEnd: { type: MarkerType.ArrowClosed, color: 'var(--line-strong)' },
          style: { stroke: 'var(--line-strong)', ...(as === 'reprocess' ? { strokeDasharray: '6 4' } : {}) },
        })),
    [links, places, t],
  )
  const words = useMemo(
    () => ({
      'node.a11yDescription.default': t('graph.node'),
      'node.a11yDescription.keyboardDisabled': t('graph.node'),
      'edge.a11yDescription.default': t('graph.edge'),
      'controls.ariaLabel': t('graph.controls'),
      'controls.zoomIn.ariaLabel': t('graph.zoomIn'),
      'controls.zoomOut.ariaLabel': t('graph.zoomOut'),
      'controls.fitView.ariaLabel': t('graph.fit'),
      'minimap.ariaLabel': t('graph.map'),
      'handle.ariaLabel': t('graph.edge'),
    }),
    [t],
  )
  const narrow = useMediaQuery('(max-width: 48em)', false, { getInitialValueInEffect: false })
  // On a phone the whole would be too small to read: it begins at the record that was asked for, and is dragged from there.
  const fit = useMemo(() => (narrow && focus ? { ...FIT, nodes: [{ id: focus }] } : FIT), [narrow, focus])
  const onKeyDown = (event: KeyboardEvent) => {
    const card = event.target instanceof Element ? event.target.closest('.react-flow__node') : null
    const key = card?.getAttribute('data-id')
    if (event.key === 'Enter' && key) {
      event.preventDefault()
      open(key)
    }
  }

  if (!places) return <Loading lines={1} height={420} />
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys are those of the focusable nodes inside
    <div className={classes.graph} onKeyDown={onKeyDown}>
      <ReactFlowProvider>
        <ReactFlow
          nodes={cards}
          edges={lines}
          nodeTypes={NODE_TYPES}
          colorMode={scheme}
          fitView
          fitViewOptions={fit}
          minZoom={0.1}
          maxZoom={1.5}
          nodesDraggable={false}
          nodesConnectable={false}
          elementsSelectable={false}
          nodesFocusable
          preventScrolling={false}
          zoomOnScroll={false}
          panOnScroll={false}
          onNodeClick={(_, card) => open(card.id)}
          ariaLabelConfig={words}
        >
          <Background color="var(--line)" />
          <Controls showInteractive={false} />
          {nodes.length > 12 && (
            <MiniMap
              className={classes.map ?? ''}
              pannable
              nodeColor={(card) => {
                const { status } = (card as Card).data.node
                return status ? toneColor(lookOf(status).tone) : 'var(--line-strong)'
              }}
              maskColor="transparent"
              bgColor="var(--surface-quiet)"
            />
          )}
        </ReactFlow>
      </ReactFlowProvider>
    </div>
  )
}

function CardOf({ data: { node, asked } }: NodeProps<Card>) {
  const { t, format } = useConsole()
  const word = useStatusWord()
  const Icon = iconOf(node)
  const tone = node.status ? lookOf(node.status).tone : 'quiet'
  return (
    <div className={classes.card} data-tone={tone} data-asked={asked} data-stack={node.count > 1}>
      <Handle type="target" position={Position.Left} className={classes.handle ?? ''} isConnectable={false} />
      <span className={classes.kind}>
        <Icon size={14} aria-hidden />
        {t(`kind.${node.kind === 'group' ? (node.of ?? 'command') : node.kind}`)}
        {node.count > 1 && <b>× {format.number(node.count)}</b>}
        {node.status && (
          <span className={classes.status} data-tone={tone}>
            <StatusMark status={node.status} />
            {word(node.status)}
          </span>
        )}
      </span>
      <span className={classes.label}>
        <LabelText of={node} />
      </span>
      <Handle type="source" position={Position.Right} className={classes.handle ?? ''} isConnectable={false} />
    </div>
  )
}

const NODE_TYPES = { card: CardOf }
const FIT = { padding: 0.12, maxZoom: 1 }

/** Everything that came of one beginning: as a tree to read and to walk by keyboard, and as a graph to see. */
import { Button, SegmentedControl } from '@mantine/core'
import { IconArrowLeft } from '@tabler/icons-react'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { KINDS, PREFIXES } from '../../contract/vocabulary.ts'
import { useAsk } from '../kit/api.tsx'
import { useConsole } from '../kit/console.tsx'
import { type AnswerOf, getWorkflow } from '../kit/endpoints.ts'
import kit from '../kit/kit.module.css'
import { Card, Facts, Ms, SegmentBar, When } from '../kit/parts.tsx'
import { LIST_NAMES, LISTS, place } from '../kit/place.ts'
import { PageHeader, pathOf, RecordLink, useLabel } from '../kit/record.tsx'
import { readSearch, writeSearch } from '../kit/search.ts'
import { Loading, Show } from '../kit/states.tsx'
import { useStatusWord } from '../kit/status.tsx'
import { useShortcuts } from '../shell/shortcuts.tsx'
import { WorkflowTree } from './workflow-tree.tsx'

const Graph = lazy(() => import('./workflow-graph.tsx'))

const workflowSearch = {
  view: { kind: 'choice', of: ['tree', 'graph'] },
  expand: { kind: 'texts' },
} as const

export function Workflow() {
  const { id = '' } = useParams({ strict: false }) as { id?: string }
  const { values } = readSearch(workflowSearch, useSearch({ strict: false }))
  const query = useAsk(
    getWorkflow,
    { id, expand: values.expand },
    { live: ['event', 'command', 'batch'], keepPrevious: true },
  )
  return (
    <Show query={query} page loading={<Loading lines={6} height={64} />}>
      {(workflow) => <Lineage id={id} workflow={workflow} view={values.view ?? 'tree'} expand={values.expand ?? []} />}
    </Show>
  )
}

const kindOf = (id: string) => KINDS.find((kind) => id.startsWith(PREFIXES[kind]))

function Lineage({
  id,
  workflow,
  view,
  expand,
}: {
  /** Of the record that it was opened from. */
  id: string
  workflow: AnswerOf<typeof getWorkflow>
  view: 'tree' | 'graph'
  expand: string[]
}) {
  const { t, format } = useConsole()
  const label = useLabel()
  const word = useStatusWord()
  const navigate = useNavigate()
  const { root, progress, counts, nodes, edges, focus } = workflow
  const set = (next: Record<string, unknown>) =>
    void navigate({ to: '.', search: writeSearch({ view, expand, ...next }) as never, replace: true })
  const from = kindOf(id)
  const unfold = (key: string) => set({ expand: [...expand, key] })

  useShortcuts([
    { keys: 'o', label: t('keys.origin'), run: () => void navigate(pathOf(root.kind, root.id)) },
    { keys: 'v', label: t('workflow.switch'), run: () => set({ view: view === 'tree' ? 'graph' : 'tree' }) },
  ])

  return (
    <>
      <PageHeader
        title={t('workflow.title', { root: label(root) })}
        status={workflow.status}
        crumbs={[
          { key: 'list', label: t(LIST_NAMES[root.kind]), link: place(LISTS[root.kind]) },
          { key: root.id, label: label(root), kind: root.kind, link: pathOf(root.kind, root.id) },
        ]}
        actions={
          from && (
            <Button
              component={Link}
              {...pathOf(from, id)}
              variant="default"
              leftSection={<IconArrowLeft size={16} aria-hidden />}
            >
              {t('workflow.back')}
            </Button>
          )
        }
      >
        <span>{workflow.tenant.name ?? workflow.tenant.id}</span>
      </PageHeader>
      <div className={kit.stackOf}>
        <Card
          title={t('batches.progress')}
          hint={t('batches.doneOf', { done: progress.done, size: progress.total })}
          tools={<RecordLink of={root} />}
        >
          <SegmentBar
            label={t('batches.progress')}
            done={progress.done}
            total={progress.total}
            segments={[
              { key: 'success', label: word('success'), tone: 'good', value: progress.done - progress.failed },
              { key: 'error', label: word('error'), tone: 'bad', value: progress.failed },
            ]}
          />
          <div className={kit.gap}>
            <Facts
              facts={[
                { label: t('workflow.started'), value: <When at={workflow.startedAt} exact /> },
                { label: t('workflow.ended'), value: <When at={workflow.endedAt} exact /> },
                { label: t('workflow.elapsed'), value: <Ms ms={workflow.elapsedMs} /> },
                {
                  label: t('workflow.nodes'),
                  value: format.list([
                    t('workflow.eventCount', { count: counts.event }),
                    t('workflow.commandCount', { count: counts.command }),
                    t('workflow.batchCount', { count: counts.batch }),
                  ]),
                },
                progress.failed > 0 && { label: t('workflow.failed'), value: format.number(progress.failed) },
              ]}
            />
          </div>
          {workflow.truncated && <p className={kit.warning}>{t('workflow.truncated')}</p>}
        </Card>
        <Card
          title={t('workflow.lineage')}
          hint={t(view === 'tree' ? 'workflow.treeHint' : 'workflow.graphHint')}
          flush
          tools={
            <SegmentedControl
              size="xs"
              aria-label={t('workflow.switch')}
              value={view}
              onChange={(chosen) => set({ view: chosen })}
              data={[
                { value: 'tree', label: t('workflow.tree') },
                { value: 'graph', label: t('workflow.graph') },
              ]}
            />
          }
        >
          {view === 'tree' ? (
            <WorkflowTree nodes={nodes} focus={focus} unfold={unfold} />
          ) : (
            <Suspense fallback={<Loading lines={1} height={420} />}>
              <Graph nodes={nodes} edges={edges} focus={focus} unfold={unfold} />
            </Suspense>
          )}
        </Card>
      </div>
    </>
  )
}

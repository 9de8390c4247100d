/** The top of a record's page: the list it came from, what it comes from, its name, and the keys that lead on. */
import { ActionIcon, Button, Group, Tooltip } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconSitemap } from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Kind, Tenant, WorkflowNode } from '../../contract/index.ts'
import { PREFIXES } from '../../contract/vocabulary.ts'
import { useAsk } from '../kit/api.tsx'
import { useConsole, useInstitution } from '../kit/console.tsx'
import { getWorkflow } from '../kit/endpoints.ts'
import { Technical } from '../kit/parts.tsx'
import { LIST_NAMES, LISTS, type Place, place } from '../kit/place.ts'
import { type Crumb, type Named, PageHeader, pathOf, useLabel } from '../kit/record.tsx'
import { useSiblings } from '../kit/siblings.tsx'
import { useShortcuts } from '../shell/shortcuts.tsx'
import { targetOf } from './nodes.ts'
import { chainOf, shorten } from './origin-chain.ts'

export interface Target {
  kind: Kind
  id: string
}

export const prefixed = (kind: Kind, id: string) => (id.startsWith(PREFIXES[kind]) ? id : PREFIXES[kind] + id)

const linkOf = (link: Place | undefined) => (link ? { link } : {})

export function useOpen() {
  const navigate = useNavigate()
  return ({ kind, id }: Target) => void navigate(pathOf(kind, id))
}

export function RecordHeader({
  record,
  status,
  tenant,
  origin,
  under = typeof origin === 'function' ? undefined : origin,
  next,
  actions,
}: {
  record: Named & Target
  status: string
  tenant: Tenant
  /** Where `o` leads. */
  origin: Target | (() => void) | undefined
  /** What it hangs on in its workflow, when that is not its origin. */
  under?: Target | undefined
  /** Where `n` leads. */
  next: Target | undefined
  actions?: ReactNode
}) {
  const { t } = useConsole()
  const label = useLabel()
  const open = useOpen()
  const navigate = useNavigate()
  const { list, previous, next: following } = useSiblings(record.kind, record.id)
  const workflow = useAsk(getWorkflow, { id: record.id, expand: undefined }, { live: ['event', 'command', 'batch'] })
  useInstitution(tenant.id)
  const chain = workflow.data ? chainOf(workflow.data.nodes, workflow.data.focus, under?.id) : []
  const { head, hidden, tail } = shorten(chain)
  const show = (id: string | undefined) => (id === undefined ? undefined : () => open({ kind: record.kind, id }))
  const workflowPlace = place('/workflows/$id', { params: { id: record.id } })
  const openWorkflow = () => void navigate(workflowPlace)
  const originOf = typeof origin === 'function' ? origin : origin && (() => open(origin))

  useShortcuts([
    { keys: 'o', label: t('keys.origin'), run: originOf },
    { keys: 'n', label: t('keys.next'), run: next && (() => open(next)) },
    { keys: '[', label: t('keys.previousSibling'), run: show(previous) },
    { keys: ']', label: t('keys.nextSibling'), run: show(following) },
    { keys: 'g w', label: t('keys.workflow'), run: openWorkflow },
  ])

  const crumbOf = (node: WorkflowNode): Crumb => ({
    key: node.key,
    label: node.count > 1 ? `${label(node)} × ${node.count}` : label(node),
    ...(node.kind === 'event' || node.kind === 'command' || node.kind === 'batch' ? { kind: node.kind } : {}),
    ...linkOf(targetOf(node)),
  })
  const crumbs: Crumb[] = [
    { key: 'list', label: t(LIST_NAMES[record.kind]), link: list?.place ?? place(LISTS[record.kind]) },
    ...head.map(crumbOf),
    ...(hidden > 0 ? [{ key: 'hidden', label: '…' }] : []),
    ...tail.map(crumbOf),
  ]

  const sibling = (id: string | undefined, name: string, Icon: typeof IconArrowUp) => (
    <Tooltip label={name}>
      <ActionIcon
        variant="default"
        size={36}
        aria-label={name}
        aria-disabled={id === undefined}
        {...(id === undefined ? { 'data-disabled': true } : {})}
        onClick={() => show(id)?.()}
      >
        <Icon size={18} aria-hidden />
      </ActionIcon>
    </Tooltip>
  )

  return (
    <PageHeader
      title={label(record)}
      status={status}
      crumbs={crumbs}
      actions={
        <>
          {actions}
          <Button
            component={Link}
            {...workflowPlace}
            variant="default"
            leftSection={<IconSitemap size={16} aria-hidden />}
          >
            {t('workflow.open')}
          </Button>
          {list && (
            <Group gap="xs" wrap="nowrap">
              {sibling(previous, t('keys.previousSibling'), IconArrowUp)}
              {sibling(following, t('keys.nextSibling'), IconArrowDown)}
            </Group>
          )}
        </>
      }
    >
      <span>{tenant.name ?? tenant.id}</span>
      {record.label && <Technical label={t('copy.type')}>{record.type}</Technical>}
      <Technical label={t('copy.id')}>{prefixed(record.kind, record.id)}</Technical>
    </PageHeader>
  )
}

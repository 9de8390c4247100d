/** The lineage as a treegrid: real rows, real levels, and every key that the pattern names. */
import { UnstyledButton } from '@mantine/core'
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import { type CSSProperties, type KeyboardEvent, useRef, useState } from 'react'
import type { WorkflowNode } from '../../contract/index.ts'
import { useConsole } from '../kit/console.tsx'
import kit from '../kit/kit.module.css'
import { Moment } from '../kit/parts.tsx'
import { LabelText } from '../kit/record.tsx'
import { StatusBadge } from '../kit/status.tsx'
import { iconOf, targetOf } from './nodes.ts'
import { moveIn, treeRows } from './tree.ts'
import classes from './workflow-tree.module.css'

export function WorkflowTree({
  nodes,
  focus,
  unfold,
}: {
  nodes: readonly WorkflowNode[]
  /** The record that was asked for. */
  focus: string | null
  unfold: (key: string) => void
}) {
  const { t, format } = useConsole()
  const navigate = useNavigate()
  const [collapsed, setCollapsed] = useState<ReadonlySet<string>>(new Set())
  const [current, setCurrent] = useState(focus ?? nodes[0]?.key ?? '')
  const body = useRef<HTMLTableSectionElement>(null)
  const rows = treeRows(nodes, collapsed)
  const first = nodes.find(({ createdAt }) => createdAt)?.createdAt
  const active = rows.some(({ node }) => node.key === current) ? current : (rows[0]?.node.key ?? '')

  const toggle = (key: string, open: boolean) => {
    const node = nodes.find((each) => each.key === key)
    if (open && node?.expandable && !nodes.some(({ parent }) => parent === key)) return unfold(key)
    setCollapsed((before) => {
      const after = new Set(before)
      if (open) after.delete(key)
      else after.add(key)
      return after
    })
  }
  const open = (key: string) => {
    const node = nodes.find((each) => each.key === key)
    const target = node && targetOf(node)
    if (target) void navigate(target)
    else if (node?.expandable) unfold(key)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const onRow = event.target instanceof HTMLTableRowElement
    if (event.key === 'Enter' && !onRow) return
    const move = moveIn(rows, active, event.key)
    if (!move) return
    event.preventDefault()
    if ('open' in move) return open(move.open)
    if ('toggle' in move) return toggle(move.toggle, move.to)
    setCurrent(move.focus)
    const index = rows.findIndex(({ node }) => node.key === move.focus)
    body.current?.querySelectorAll('tr')[index]?.focus()
  }

  return (
    <div className={classes.scroll}>
      {/* biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: the pattern's own example is a table */}
      <table className={classes.tree} role="treegrid" aria-label={t('workflow.lineage')} onKeyDown={onKeyDown}>
        <thead>
          <tr>
            <th scope="col">{t('workflow.what')}</th>
            <th scope="col">{t('column.status')}</th>
            <th scope="col">{t('workflow.began')}</th>
            <th scope="col">{t('workflow.ended')}</th>
            <th scope="col" className={classes.number}>
              {t('workflow.after')}
            </th>
          </tr>
        </thead>
        <tbody ref={body}>
          {rows.map(({ node, level, place, of, expanded }) => {
            const Icon = iconOf(node)
            const target = targetOf(node)
            const after =
              node.createdAt && first ? new Date(node.createdAt).getTime() - new Date(first).getTime() : undefined
            return (
              <tr
                key={node.key}
                aria-level={level}
                aria-posinset={place}
                aria-setsize={of}
                {...(expanded === null ? {} : { 'aria-expanded': expanded })}
                tabIndex={node.key === active ? 0 : -1}
                data-asked={node.key === focus}
                onFocus={() => setCurrent(node.key)}
                style={{ '--level': level } as CSSProperties}
              >
                <td>
                  <div className={classes.what}>
                    {expanded === null ? (
                      <span className={classes.noToggle} />
                    ) : (
                      <UnstyledButton
                        className={classes.toggle}
                        tabIndex={-1}
                        aria-label={t(expanded ? 'json.collapse' : 'json.expand')}
                        onClick={() => toggle(node.key, !expanded)}
                      >
                        {expanded ? (
                          <IconChevronDown size={16} aria-hidden />
                        ) : (
                          <IconChevronRight size={16} aria-hidden />
                        )}
                      </UnstyledButton>
                    )}
                    <Icon
                      size={17}
                      className={classes.icon}
                      role="img"
                      aria-label={t(`kind.${node.kind === 'group' ? (node.of ?? 'command') : node.kind}`)}
                    />
                    <span className={classes.name}>
                      {target ? (
                        <Link {...target} className={classes.link} tabIndex={-1}>
                          <LabelText of={node} />
                        </Link>
                      ) : (
                        <LabelText of={node} />
                      )}
                      {node.count > 1 && <b className={classes.count}>× {format.number(node.count)}</b>}
                      {node.as && <span className={classes.edge}>{t(`edge.${node.as}`)}</span>}
                      {node.key === focus && <span className={kit.hidden}>{t('workflow.asked')}</span>}
                    </span>
                  </div>
                </td>
                <td>{node.status && <StatusBadge status={node.status} />}</td>
                <td data-head={t('workflow.began')}>
                  <Moment at={node.createdAt} />
                </td>
                <td data-head={t('workflow.ended')}>
                  <Moment at={node.endedAt} />
                </td>
                <td className={classes.number} data-head={t('workflow.after')}>
                  {after === undefined ? '–' : `+${format.ms(Math.max(0, after))}`}
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}

/** A real table in a card. On a screen narrower than a laptop's each row becomes a block whose cells carry the names of their columns. */
import { Paper, Table } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './table.module.css'

export interface Column<Row> {
  head: string
  cell: (row: Row) => ReactNode
  /** The cell that names its row. */
  rowHeader?: boolean
  numeric?: boolean
  /** Short texts, like names, that are not to be broken for the sake of a longer column. */
  keepsLines?: boolean
  /** Column of buttons: its name is for screen readers only. */
  action?: boolean
  /** One of `action` whose cells hold a `RowMenu` and nothing else: on a phone it stands beside the row's name. */
  menu?: boolean
}

export interface RowGroup<Row> {
  key: string
  head: ReactNode
  rows: readonly Row[]
}

const bringIntoView = (row: HTMLElement | null) => row?.scrollIntoView({ block: 'center' })

/** Rows that belong together come as `groups`, each under a head of its own. */
export function DataTable<Row>({
  label,
  rows = [],
  groups = [{ key: 'rows', head: undefined, rows }],
  columns,
  keyOf,
  current,
}: {
  label: string
  rows?: readonly Row[]
  groups?: readonly RowGroup<Row>[]
  columns: readonly Column<Row>[]
  keyOf: (row: Row) => string
  /** Key of the row that somebody was led to: it is marked, and in view. */
  current?: string | undefined
}) {
  return (
    <Paper withBorder className={classes.card}>
      {/* Display as blocks takes a table's meaning away in some browsers; the roles give it back. */}
      <Table role="table" aria-label={label} verticalSpacing="sm" horizontalSpacing="lg" className={classes.table}>
        <Table.Thead role="rowgroup">
          <Table.Tr role="row">
            {columns.map(({ head, numeric, action }) => (
              <Table.Th key={head} role="columnheader" scope="col" data-numeric={numeric} data-action={action}>
                <span className={action ? classes.hiddenHead : undefined}>{head}</span>
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        {groups.map((group) => (
          <Table.Tbody key={group.key} role="rowgroup">
            {group.head !== undefined && (
              <Table.Tr role="row" data-group>
                <Table.Th role="rowheader" scope="rowgroup" colSpan={columns.length}>
                  {group.head}
                </Table.Th>
              </Table.Tr>
            )}
            {group.rows.map((row) => (
              <Table.Tr
                key={keyOf(row)}
                role="row"
                {...(keyOf(row) === current ? { 'aria-current': true, ref: bringIntoView } : {})}
              >
                {columns.map(({ head, cell, rowHeader, numeric, keepsLines, action, menu }) => {
                  const shared = {
                    'data-numeric': numeric,
                    'data-keeps-lines': keepsLines,
                    'data-action': action,
                    'data-menu': menu,
                    'data-head': rowHeader || action ? undefined : head,
                    children: cell(row),
                  }
                  return rowHeader ? (
                    <Table.Th key={head} role="rowheader" scope="row" {...shared} />
                  ) : (
                    <Table.Td key={head} role="cell" {...shared} />
                  )
                })}
              </Table.Tr>
            ))}
          </Table.Tbody>
        ))}
      </Table>
    </Paper>
  )
}

/** A real table in a card. On a narrow screen each row becomes a block whose cells carry the names of their columns. */
import { Paper, Table } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './table.module.css'

export interface Column<Row> {
  head: string
  cell: (row: Row) => ReactNode
  /** The cell that names its row. */
  rowHeader?: boolean
  numeric?: boolean
  /** On a narrow screen the whole width. */
  wide?: boolean
}

export function DataTable<Row>({
  label,
  rows,
  columns,
  keyOf,
  stale,
}: {
  label: string
  rows: readonly Row[]
  columns: readonly Column<Row>[]
  keyOf: (row: Row) => string
  /** These rows are of the question before; the answer to the new one is on its way. */
  stale?: boolean
}) {
  return (
    <Paper withBorder className={classes.card}>
      <div className={classes.scroll}>
        {/* Display as blocks takes a table's meaning away in some browsers; the roles give it back. */}
        <Table role="table" aria-label={label} aria-busy={stale} className={classes.table} data-stale={stale}>
          <Table.Thead role="rowgroup">
            <Table.Tr role="row">
              {columns.map(({ head, numeric }) => (
                <Table.Th key={head} role="columnheader" scope="col" data-numeric={numeric}>
                  {head}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody role="rowgroup">
            {rows.map((row) => (
              <Table.Tr key={keyOf(row)} role="row">
                {columns.map(({ head, cell, rowHeader, numeric, wide }) => {
                  const shared = {
                    'data-numeric': numeric,
                    'data-wide': wide,
                    'data-head': rowHeader ? undefined : head,
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
        </Table>
      </div>
    </Paper>
  )
}

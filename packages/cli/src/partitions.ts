/** `cascata partitions`: the weeks of the history, their sizes, and what a retention would drop. Nothing is dropped from here. */
import type { listPartitions, ResponseOf } from '@cascata/console/contract'
import { bytesText, tableText } from './table.ts'

type Storage = ResponseOf<typeof listPartitions>

const RETENTION = {
  drops: 'would be dropped',
  'kept-too-young': 'kept: too young',
  'kept-unfinished': 'kept: something unfinished needs it',
} as const

export function partitionsText({ ranges, wouldDrop, queues, aheadUntil }: Storage): string {
  const heads = ['week', 'state', 'rows', 'size', 'unfinished', ...(wouldDrop ? ['retention'] : [])]
  const rows = ranges.map(({ from, state, tables, bytes, unfinished, retention }) => {
    const estimates = tables.map(({ rowsEstimated }) => rowsEstimated)
    return [
      from.slice(0, 10),
      state,
      estimates.includes(null) ? '–' : String(estimates.reduce<number>((sum, rows) => sum + (rows ?? 0), 0)),
      bytesText(bytes),
      String(unfinished),
      ...(retention ? [RETENTION[retention]] : []),
    ]
  })
  const queueRows = queues.map(({ table, rowsEstimated, bytes, deadRows }) => [
    table,
    rowsEstimated === null ? '–' : String(rowsEstimated),
    bytesText(bytes),
    String(deadRows),
  ])
  return [
    tableText(heads, rows),
    '',
    tableText(['open work', 'rows', 'size', 'dead rows'], queueRows),
    '',
    `Partitions exist until ${aheadUntil?.slice(0, 10) ?? 'now'}. Rows are the planner's estimates.`,
    ...(wouldDrop
      ? [
          `Would be dropped: ${wouldDrop.ranges} ${wouldDrop.ranges === 1 ? 'week' : 'weeks'}, about ${wouldDrop.rowsEstimated} rows, ${bytesText(wouldDrop.bytes)}.`,
        ]
      : []),
  ].join('\n')
}

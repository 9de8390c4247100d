import { expect, test } from 'vitest'
import { fold } from './fold.ts'
import type { WorkflowRow } from './workflow-rows.ts'

const at = new Date(0)
const row = (id: string, cause: string | null, also: Partial<WorkflowRow> = {}): WorkflowRow => ({
  kind: 'command',
  type: 'c',
  status: 'success',
  id,
  cause,
  as: 'command',
  batch_id: null,
  n: 1,
  first_id: id,
  created_at: at,
  ended_at: at,
  ...also,
})
const folded = (rows: readonly WorkflowRow[]) =>
  fold(rows, 'root', new Set()).nodes.map(({ row: { first_id }, depth }) => [first_id, depth])

test('rows that hang on themselves or on one another end it, and come once', () => {
  expect(folded([row('root', null, { id: null })])).toEqual([['root', 0]])
  expect(folded([row('root', null), row('a', 'a'), row('b', 'root')])).toEqual([
    ['root', 0],
    ['b', 1],
  ])
  const circle = [row('a', 'root', { as: 'reprocess' }), row('b', 'a'), row('root', 'b')]
  expect(folded(circle)).toEqual([
    ['root', 0],
    ['a', 1],
    ['b', 2],
  ])
})

test('a chain may be as long as the rows that are read', () => {
  const chain = Array.from({ length: 20_000 }, (_, i) => row(i === 0 ? 'root' : `${i}`, i < 2 ? 'root' : `${i - 1}`))
  expect(folded(chain).at(-1)).toEqual(['19999', 19_999])
})

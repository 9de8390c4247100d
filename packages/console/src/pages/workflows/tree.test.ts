import { expect, test } from 'vitest'
import type { WorkflowNode } from '../../contract/index.ts'
import { moveIn, treeRows } from './tree.ts'

const node = (key: string, parent: string | null, expandable = false) => ({ key, parent, expandable }) as WorkflowNode
const story = [
  node('entity', null),
  node('event', 'entity'),
  node('command', 'event'),
  node('batch', 'command'),
  node('members', 'batch', true),
  node('next', 'batch'),
  node('other', 'event'),
]
const shape = (rows: ReturnType<typeof treeRows>) =>
  rows.map(({ node: { key }, level, place, of, expanded }) => [key, level, place, of, expanded])

test('rows say their level, their place and whether they are open', () => {
  expect(shape(treeRows(story, new Set()))).toEqual([
    ['entity', 1, 1, 1, true],
    ['event', 2, 1, 1, true],
    ['command', 3, 1, 2, true],
    ['batch', 4, 1, 1, true],
    ['members', 5, 1, 2, false],
    ['next', 5, 2, 2, null],
    ['other', 3, 2, 2, null],
  ])
})

test('what is folded hides everything below', () => {
  expect(treeRows(story, new Set(['command'])).map(({ node: { key } }) => key)).toEqual([
    'entity',
    'event',
    'command',
    'other',
  ])
})

test('a parent that was not sent makes its children roots', () => {
  expect(shape(treeRows([node('a', 'gone'), node('b', 'a')], new Set()))).toEqual([
    ['a', 1, 1, 1, true],
    ['b', 2, 1, 1, null],
  ])
})

test('arrow keys walk, open and close', () => {
  const rows = treeRows(story, new Set(['batch']))
  expect(moveIn(rows, 'event', 'ArrowDown')).toEqual({ focus: 'command' })
  expect(moveIn(rows, 'entity', 'ArrowUp')).toBeUndefined()
  expect(moveIn(rows, 'batch', 'ArrowRight')).toEqual({ toggle: 'batch', to: true })
  expect(moveIn(rows, 'command', 'ArrowRight')).toEqual({ focus: 'batch' })
  expect(moveIn(rows, 'command', 'ArrowLeft')).toEqual({ toggle: 'command', to: false })
  expect(moveIn(rows, 'other', 'ArrowLeft')).toEqual({ focus: 'event' })
  expect(moveIn(rows, 'event', 'End')).toEqual({ focus: 'other' })
  expect(moveIn(rows, 'other', 'Home')).toEqual({ focus: 'entity' })
  expect(moveIn(rows, 'other', 'Enter')).toEqual({ open: 'other' })
  expect(moveIn(rows, 'gone', 'ArrowDown')).toBeUndefined()
})

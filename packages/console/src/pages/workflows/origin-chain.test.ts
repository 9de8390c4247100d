import { expect, test } from 'vitest'
import type { WorkflowNode } from '../../contract/index.ts'
import { chainOf, chainTo, shorten } from './origin-chain.ts'

const node = (key: string, parent: string | null) => ({ key, parent }) as WorkflowNode
const keys = (nodes: WorkflowNode[]) => nodes.map(({ key }) => key)

test('the chain leads from the root to the parent', () => {
  const nodes = [node('entity', null), node('event', 'entity'), node('command', 'event'), node('batch', 'command')]
  expect(keys(chainTo(nodes, 'batch'))).toEqual(['entity', 'event', 'command'])
  expect(keys(chainTo(nodes, 'entity'))).toEqual([])
  expect(keys(chainTo(nodes, null))).toEqual([])
})

test('a parent that was folded away, or a circle, ends it', () => {
  expect(keys(chainTo([node('b', 'gone')], 'b'))).toEqual([])
  expect(keys(chainTo([node('a', 'b'), node('b', 'a')], 'a'))).toEqual(['a', 'b'])
})

test('a folded member hangs on its batch', () => {
  const batch = { ...node('b', 'a'), id: 'bat_1' } as WorkflowNode
  const nodes = [node('a', null), batch]
  expect(keys(chainOf(nodes, null, 'bat_1'))).toEqual(['a', 'b'])
  expect(keys(chainOf(nodes, null, undefined))).toEqual([])
  expect(keys(chainOf(nodes, 'b', 'bat_1'))).toEqual(['a'])
})

test('a long chain keeps its ends', () => {
  expect(shorten([1, 2, 3, 4, 5])).toEqual({ head: [1, 2, 3, 4, 5], hidden: 0, tail: [] })
  expect(shorten([1, 2, 3, 4, 5, 6, 7, 8])).toEqual({ head: [1], hidden: 3, tail: [5, 6, 7, 8] })
})

import { expect, test } from 'vitest'
import { sharesOf } from './shares.ts'

const types = (...totals: number[]) => totals.map((total, index) => ({ type: `t${index}`, total }))

test('the largest have a slice each, the others one together', () => {
  const shares = sharesOf(types(1, 50, 2, 3, 4, 20, 10, 10))
  expect(shares.map(({ of, total, types: count }) => [of?.type, total, count])).toEqual([
    ['t1', 50, 1],
    ['t5', 20, 1],
    ['t6', 10, 1],
    ['t7', 10, 1],
    ['t4', 4, 1],
    ['t3', 3, 1],
    [undefined, 3, 2],
  ])
  expect(shares.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1)
  expect(new Set(shares.map(({ color }) => color)).size).toBe(7)
})

test('one too many is shown by name rather than as "others"', () => {
  expect(sharesOf(types(7, 6, 5, 4, 3, 2, 1)).map(({ of }) => of?.type)).toHaveLength(7)
  expect(sharesOf(types(7, 6, 5, 4, 3, 2, 1)).at(-1)?.of?.type).toBe('t6')
})

test('types of which there are none have no slice; nothing is no pie', () => {
  expect(sharesOf(types(0, 3))).toHaveLength(1)
  expect(sharesOf([])).toEqual([])
})

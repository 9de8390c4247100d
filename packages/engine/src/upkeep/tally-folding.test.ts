import { expect, test } from 'vitest'
import { nextRows } from './tally-folding.ts'

test.each([
  ['as long as it should', 10_000, 100, 10_000],
  ['too long', 10_000, 400, 2_500],
  ['a third of the time', 10_000, 33, 30_303],
  ['no time at all: four times as many', 2_000, 0, 8_000],
  ['no time, at the most', 100_000, 1, 100_000],
  ['far too long: the least', 1_000, 60_000, 1_000],
])('the next piece after one that took %s', (_what, rows, ms, next) => {
  expect(nextRows(rows, ms)).toBe(next)
})

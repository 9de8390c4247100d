import { expect, test } from 'vitest'
import { LaneShares } from './lane-shares.ts'

const INTERACTIVE = 0
const DEFAULT = 1
const BULK = 2

/** How many of each lane start when all slots are taken again and again by what ends at once. */
function starts(shares: LaneShares, waiting: [number, number, number], n: number): number[] {
  const started = [0, 0, 0]
  for (let i = 0; i < n; i++) {
    const lane = shares.next(waiting.map((length) => ({ length })))
    if (lane === undefined) break
    shares.started(lane)
    shares.ended(lane)
    started[lane] = (started[lane] ?? 0) + 1
  }
  return started
}

test('a lower lane with work has every tenth start', () => {
  expect(starts(new LaneShares(1, 100), [5, 0, 5], 100)).toEqual([90, 0, 10])
  expect(starts(new LaneShares(10, 100), [0, 5, 5], 100)).toEqual([0, 90, 10])
  const [interactive = 0, normal = 0, bulk = 0] = starts(new LaneShares(10, 100), [5, 5, 5], 1_000)
  expect(interactive).toBeGreaterThanOrEqual(800)
  expect(normal).toBeGreaterThanOrEqual(90)
  expect(bulk).toBeGreaterThanOrEqual(90)
})

test('what has no work is owed nothing', () => {
  const shares = new LaneShares(10, 100)
  expect(starts(shares, [0, 5, 0], 100)).toEqual([0, 100, 0])
  expect(shares.next([{ length: 0 }, { length: 5 }, { length: 5 }])).toBe(DEFAULT)
})

test('long commands of a lower lane take no more than its tenth of the slots from a higher one', () => {
  const shares = new LaneShares(20, 100)
  const waiting = [{ length: 0 }, { length: 1_000 }, { length: 1_000 }]
  for (let i = 0; i < 1_000; i++) {
    const lane = shares.next(waiting)
    if (lane === undefined) break
    shares.started(lane)
    if (lane !== BULK) shares.ended(lane) // bulk never ends
  }
  let left = 0
  while (shares.next(waiting) !== undefined) {
    shares.started(DEFAULT)
    left++
  }
  expect(left).toBe(20 - 4 - 2)
})

test('the slots of the interactive lane stay free, also for what is owed', () => {
  const shares = new LaneShares(10, 100)
  for (let i = 0; i < 8; i++) shares.started(BULK)
  for (let i = 0; i < 50; i++) {
    expect(shares.next([{ length: 5 }, { length: 5 }, { length: 5 }])).toBe(INTERACTIVE)
  }
  expect(shares.next([{ length: 0 }, { length: 5 }, { length: 5 }])).toBeUndefined()
})

function asked(shares: LaneShares, limit: number, interactiveOnly: boolean): number[][] {
  return [...shares.asks(limit, interactiveOnly, () => 0)].map(({ lane, limit }) => [lane, limit])
}

test('a lane that nine claims passed over is asked first, for its tenth of what is held', () => {
  const shares = new LaneShares(10, 100)
  for (let i = 0; i < 9; i++) expect(asked(shares, 5, true)).toEqual([[INTERACTIVE, 5]])
  expect(asked(shares, 5, true)).toEqual([
    [BULK, 5],
    [INTERACTIVE, 5],
  ])
  for (let i = 0; i < 10; i++) shares.claimed(BULK)
  expect(asked(shares, 5, true)).toEqual([
    [DEFAULT, 5],
    [INTERACTIVE, 5],
  ])
  for (let i = 0; i < 7; i++) asked(shares, 5, true)
  expect(asked(shares, 5, true)).toEqual([[INTERACTIVE, 5]]) // bulk has its tenth
})

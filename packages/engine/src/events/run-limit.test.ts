import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { RunLimit } from './run-limit.ts'

const MS = 1_000
const never = new Promise<never>(() => {})

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

/** @returns after how many milliseconds it was over. */
async function endOf(limit: RunLimit, onMs: (ms: number) => void = () => {}): Promise<number> {
  limit.within(never).catch(() => {})
  for (let ms = 1; ms <= 10 * MS; ms++) {
    await vi.advanceTimersByTimeAsync(1)
    if (limit.over) return ms
    onMs(ms)
  }
  return Infinity
}

/** @returns how many milliseconds of a wait from `from` to `to` have passed. */
const waitedOf = (from: number, to: number) => () => Math.max(0, Math.min(performance.now(), to) - from)

test('a run is over once its time is up', async () => {
  const limit = new RunLimit(MS)
  expect(await endOf(limit)).toBe(MS)
  expect([limit.over, limit.signal.aborted]).toEqual(['time', true])
})

test.each([
  ['that is over before the time is', 200, 600, MS + 400],
  ['that is over just before the time is', 0, 999, MS + 999],
  ['that is longer than the time', 100, 100 + 2.5 * MS, MS + 2.5 * MS],
  ['that begins when little is left', 998, 998 + 3 * MS, MS + 3 * MS],
  ['that there was not: a connection was free', 900, 900, MS],
])('a wait %s does not count', async (_, from, to, end) => {
  const began = performance.now()
  const limit = new RunLimit(MS, undefined, waitedOf(began + from, began + to))
  const over = await endOf(limit)
  expect(over).toBeGreaterThanOrEqual(end)
  expect(over).toBeLessThanOrEqual(end + 10)
})

test('a wait that goes on is asked for at intervals, and ends at shutdown', async () => {
  const began = performance.now()
  const waited = vi.fn(waitedOf(began + 999.9, Infinity))
  const shutdown = new AbortController()
  const limit = new RunLimit(MS, shutdown.signal, waited)
  const over = await endOf(limit, (ms) => {
    if (ms === 3 * MS) shutdown.abort()
  })
  expect([over, limit.over]).toEqual([3 * MS + 1, 'shutdown'])
  expect(waited.mock.calls.length).toBeLessThanOrEqual(201)
  limit.end()
})

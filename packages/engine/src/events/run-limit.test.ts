import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { RunLimit } from './run-limit.ts'

const MS = 100
const never = new Promise(() => {})

test('it is over once its time is up', async () => {
  const limit = new RunLimit(MS)
  const from = performance.now()
  await expect(limit.within(never)).rejects.toThrow('The time of this run is up.')
  expect(performance.now() - from).toBeGreaterThanOrEqual(MS - 1) // a timer is a fraction of a millisecond early
  expect([limit.over, limit.signal.aborted]).toEqual(['time', true])
})

test.each([
  ['less than its time', 0.5],
  ['more than its time, and no multiple of it', 2.5],
])('after a wait of %s, it has its whole time', async (_, times) => {
  let from = Infinity
  const limit = new RunLimit(MS, undefined, () => from)
  const over = expect(limit.within(never)).rejects.toThrow('The time of this run is up.')
  await sleep(MS * times)
  expect(limit.over).toBe(undefined)
  from = performance.now()
  await over
  expect(performance.now() - from).toBeGreaterThanOrEqual(MS - 1)
})

test('what it counts from may lie before its beginning, which then counts', async () => {
  const limit = new RunLimit(MS, undefined, () => 0)
  const from = performance.now()
  await expect(limit.within(never)).rejects.toThrow()
  expect(performance.now() - from).toBeGreaterThanOrEqual(MS - 1)
  limit.end()
})

test('at shutdown it is over at once, however long it still waits', async () => {
  const shutdown = new AbortController()
  const limit = new RunLimit(60_000, shutdown.signal, () => Infinity)
  const over = expect(limit.within(never)).rejects.toThrow('The daemon is shutting down.')
  shutdown.abort()
  await over
  expect(limit.over).toBe('shutdown')
  limit.end()
})

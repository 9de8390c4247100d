import { createApp, type ErrorContext } from 'cascata'
import { afterEach, expect, test, vi } from 'vitest'
import { type Engine, startEngine } from '../../test-support/start-engine.ts'
import { until } from '../../test-support/until.ts'

let t: Engine | undefined

afterEach(async () => {
  vi.restoreAllMocks()
  await t?.stop()
})

test('onError is told where the trouble came, and of which daemon', async () => {
  const heard: ErrorContext[] = []
  t = await startEngine(createApp([]), { time: 'real', onError: (_, context) => heard.push(context) })
  await t.pool.query('alter function cascata.promote rename to promote_later')
  await until(() => heard.length > 0, 'upkeep tells that it cannot promote')
  expect(heard[0]).toEqual({ place: 'upkeep', daemonId: t.daemon.health().id })
})

test('what onError throws, or rejects with, is printed, and the daemon goes on', async () => {
  const printed = vi.spyOn(console, 'error').mockImplementation(() => {})
  let calls = 0
  t = await startEngine(createApp([]), {
    time: 'real',
    onError: () => {
      calls++
      if (calls % 2 === 0) throw new Error('the log is full')
      return Promise.reject(new Error('the log is away')) as never
    },
  })
  await t.pool.query('alter function cascata.promote rename to promote_later')
  await until(() => calls >= 4, 'upkeep goes on after its onError failed')
  await until(() => printed.mock.calls.length >= 4, 'each of them is printed')
  expect(t.daemon.health().state).toBe('running')
})

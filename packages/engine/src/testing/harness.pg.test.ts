import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { z } from 'zod'
import { type Engine, startEngine } from '../../test-support/start-engine.ts'
import { until } from '../../test-support/until.ts'
import { command, createApp, enqueue, handle, module } from '../index.ts'

const Flaky = command('flaky', z.object({}), { retry: { backoff: 'fixed', base: '10ms', jitter: 'none' } })

let runs = 0
const app = createApp([
  module('m', [
    handle(Flaky, () => {
      if (++runs === 1) throw new Error('not yet')
    }),
  ]),
])

let t: Engine | undefined
afterEach(async () => {
  await t?.stop()
  runs = 0
})

test('what is scheduled stays until the clock is moved, however soon it is due', async () => {
  t = await startEngine(app)
  await t.transaction((tx) => enqueue(tx, Flaky({})))
  await t.runUntilIdle()
  await sleep(1_500) // a round of upkeep comes each second
  t.daemon.wake()
  await t.runUntilIdle()
  expect(await t.rows('select state, failures from cascata.command_queue')).toEqual([
    { state: 'scheduled', failures: 1 },
  ])
  await t.clock.advance('10ms')
  await t.runUntilIdle()
  expect(await t.rows('select 1 from cascata.command_queue')).toEqual([])
  expect(runs).toBe(2)
})

test('in real time what is scheduled comes due by itself', async () => {
  const engine = await startEngine(app, { time: 'real' })
  t = engine
  await engine.transaction((tx) => enqueue(tx, Flaky({})))
  await until(async () => (await engine.rows('select 1 from cascata.command_queue')).length === 0, 'it is done')
  expect(runs).toBe(2)
})

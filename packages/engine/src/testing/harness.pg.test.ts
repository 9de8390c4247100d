import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { z } from 'zod'
import { doorbell, engineDatabase } from '../../test-support/engine-database.ts'
import { type Engine, startEngine } from '../../test-support/start-engine.ts'
import { until } from '../../test-support/until.ts'
import { uuidMs, uuidv7 } from '../definitions/uuid.ts'
import { command, correctClock, createApp, enqueue, handle, module } from '../index.ts'
import { startHarness } from './index.ts'

const Flaky = command('flaky', z.object({}), { retry: { backoff: 'fixed', base: '10ms', jitter: 'none' } })

let runs = 0
let seenNow: Date | undefined
const app = createApp([
  module('m', [
    handle(Flaky, (_, { now }) => {
      seenNow = now()
      if (++runs === 1) throw new Error('not yet')
    }),
  ]),
])

/** By how much the handler's clock was before this process's. */
const aheadMs = () => (seenNow?.getTime() ?? Number.NaN) - Date.now()

let t: Engine | undefined
afterEach(async () => {
  await t?.stop()
  t = undefined
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

test('a clock that could not be moved stands, also for handlers, and leaves no connection in its transaction', async () => {
  t = await startEngine(app)
  await t.transaction((tx) => enqueue(tx, Flaky({})))
  await t.runUntilIdle()
  await t.pool.query(
    `create function refuse() returns trigger language plpgsql as $$ begin raise exception 'not now'; end $$;
     create trigger refuse before update on cascata.command_queue for each row
       when (old.state = 'scheduled' and new.state = 'scheduled') execute function refuse()`,
  )
  await expect(t.clock.advance('1d')).rejects.toThrow('not now')
  await t.pool.query('drop trigger refuse on cascata.command_queue')
  await t.clock.advance('10ms')
  await t.runUntilIdle()
  expect(runs).toBe(2)
  expect(aheadMs()).toBeLessThan(60_000)
})

test('a clock whose move is refused at its commit stands, and one that is moved is so for the first handler', async () => {
  t = await startEngine(app)
  await t.transaction((tx) => enqueue(tx, Flaky({})))
  await t.runUntilIdle()
  await t.pool.query(
    `create function refuse() returns trigger language plpgsql as $$ begin raise exception 'not now'; end $$;
     create constraint trigger refuse after update on cascata.command_queue deferrable initially deferred for each row
       when (old.state = 'scheduled' and new.state = 'scheduled') execute function refuse()`,
  )
  await expect(t.clock.advance('1d')).rejects.toThrow('not now')
  await t.pool.query('drop trigger refuse on cascata.command_queue')
  await t.clock.advance('1h')
  await t.runUntilIdle()
  expect(runs).toBe(2)
  expect(Math.abs(aheadMs() - 3_600_000)).toBeLessThan(60_000)
})

test('a transaction whose connection is lost says how it was lost', async () => {
  t = await startEngine(app)
  await expect(t.transaction((tx) => tx.query('select pg_terminate_backend(pg_backend_pid())', []))).rejects.toThrow(
    /terminating/,
  )
  expect(await t.rows('select 1 as n')).toEqual([{ n: 1 }])
})

test('in real time what is scheduled comes due by itself', async () => {
  const engine = await startEngine(app, { time: 'real' })
  t = engine
  await engine.transaction((tx) => enqueue(tx, Flaky({})))
  await until(async () => (await engine.rows('select 1 from cascata.command_queue')).length === 0, 'it is done')
  expect(runs).toBe(2)
})

test.each([
  ['manual', -86_400_000],
  ['real', 0],
] as const)(
  'in %s time the clock of ids is %d ms away a round of upkeep after the test moved it a day',
  async (time, ms) => {
    const database = await engineDatabase()
    const harness = await startHarness({ app, url: database.url, database: { control: database.url }, doorbell, time })
    try {
      correctClock(-86_400_000) // before the first round of upkeep, which reads the database's clock
      await sleep(1_500)
      expect(Math.abs(uuidMs(uuidv7()) - Date.now() - ms)).toBeLessThan(60_000)
    } finally {
      correctClock(0)
      await harness.stop()
      await database.drop()
    }
  },
)

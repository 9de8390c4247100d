import pg from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { type Engine, startEngine } from '../../test-support/start-engine.ts'
import { gate, until } from '../../test-support/until.ts'
import { command, createApp, enqueue, handle, module } from '../index.ts'

vi.setConfig({ testTimeout: 60_000 })

const Slow = command('slow', z.object({}))
let begun = 0
const end = gate()
const app = createApp([
  module('m', [
    handle(Slow, () => {
      begun++
      return end.opened
    }),
  ]),
])

let t: Engine
beforeAll(async () => {
  t = await startEngine(app, { leaseMs: 3_000 })
})
afterAll(() => t.stop())

const waiting = async () =>
  (
    await t.rows(
      `select 1 from pg_stat_activity where datname = current_database() and application_name = 'cascata daemon'
         and wait_event_type = 'Lock'`,
    )
  ).length
const beatAt = async () =>
  (await t.rows<{ at: string }>('select heartbeat_at::text as at from cascata.daemons'))[0]?.at ?? ''

test('a daemon all of whose connections wait for locks of others goes on to say that it lives', async () => {
  await t.transaction((tx) => enqueue(tx, Slow({})))
  await until(() => begun === 1, 'a command runs')
  const other = new pg.Client({ connectionString: t.url })
  await other.connect()
  await other.query('begin')
  await other.query('lock table cascata.command_queue, cascata.event_queue in access exclusive mode')
  end.open()
  await until(async () => (await waiting()) === 4, 'both claims, upkeep and the end of the command wait')
  for (let beats = 0; beats < 3; beats++) {
    const last = await beatAt()
    await until(async () => (await beatAt()) !== last, 'it says that it lives')
  }
  expect(await waiting()).toBe(4)
  await other.query('rollback')
  await other.end()
  await t.runUntilIdle(30_000)
})

test('a daemon whose row was deleted enters itself again', async () => {
  await t.pool.query('delete from cascata.daemons')
  await until(
    async () => (await t.rows(`select 1 from cascata.daemons where state = 'running'`)).length === 1,
    'it is there again',
  )
})

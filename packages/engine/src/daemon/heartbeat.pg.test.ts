import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { type Engine, startEngine } from '../../test-support/start-engine.ts'
import { until } from '../../test-support/until.ts'
import { addToBatch, batch, command, createApp, enqueue, handle, module } from '../index.ts'

vi.setConfig({ testTimeout: 60_000 })

const Member = command('member', z.object({ n: z.number() }))
const app = createApp([module('m', [handle(Member, () => {})])])

let t: Engine
beforeAll(async () => {
  t = await startEngine(app, { leaseMs: 3_000 })
})
afterAll(() => t.stop())

const silentMs = async () =>
  (
    await t.rows<{ ms: number }>(
      'select extract(epoch from clock_timestamp() - heartbeat_at)::double precision * 1000 as ms from cascata.daemons',
    )
  )[0]?.ms ?? 0

test('a daemon all of whose connections wait for locks of others goes on to say that it lives', async () => {
  const batches = await t.transaction((tx) =>
    enqueue(
      tx,
      Array.from({ length: 4 }, () => batch('import', [1], (n) => Member({ n })).open()),
    ),
  )
  const importer = new pg.Client({ connectionString: t.url })
  await importer.connect()
  await importer.query('begin')
  await importer.query('lock table cascata.batches in access exclusive mode')
  await until(
    async () =>
      (
        await t.rows(
          `select 1 from pg_stat_activity where datname = current_database() and application_name = 'cascata daemon'
             and wait_event_type = 'Lock'`,
        )
      ).length >= 1,
    'they wait',
  )
  let longest = 0
  for (const end = performance.now() + 6_000; performance.now() < end; await sleep(100)) {
    longest = Math.max(longest, await silentMs())
  }
  expect(longest).toBeLessThan(3_000)
  await importer.query('rollback')
  await importer.end()
  await t.transaction((tx) => addToBatch(tx, batches[0] as string, [Member({ n: 2 })]))
})

test('a daemon whose row was deleted enters itself again', async () => {
  await t.pool.query('delete from cascata.daemons')
  await until(
    async () => (await t.rows(`select 1 from cascata.daemons where state = 'running'`)).length === 1,
    'it is there again',
  )
})

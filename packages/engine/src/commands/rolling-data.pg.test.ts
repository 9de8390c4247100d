import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { type Engine, startEngine } from '../../test-support/start-engine.ts'
import { until } from '../../test-support/until.ts'
import { command, createApp, createDaemon, effect, enqueue, handle, module, type RetryOptions } from '../index.ts'

/** Two versions of an application: the newer one knows a value that the older one's schema refuses. */
function version(kinds: readonly [string, ...string[]], retry: RetryOptions = {}) {
  const data = z.object({ by: z.enum(kinds) })
  const Alone = command('alone', data, { retry })
  const Shared = command('shared', data, { retry, transaction: 'shared' })
  const Call = command('call', data, { retry })
  const app = createApp([
    module('notices', [
      handle(Alone, async ({ by }, { tx }) => void (await tx.query(`insert into ledger values ('done', $1)`, [by]))),
      handle(Shared, async ({ by }, { tx }) => void (await tx.query(`insert into ledger values ('done', $1)`, [by]))),
      effect(Call, async ({ by }, { db }) => void (await db.query(`insert into ledger values ('done', $1)`, [by]))),
    ]),
  ])
  return { app, orders: (by: string) => [Alone({ by }), Shared({ by }), Shared({ by }), Call({ by })] }
}
const older = version(['mail'])
const newer = version(['mail', 'push'])

let t: Engine
beforeEach(async () => {
  t = await startEngine(older.app)
})
afterEach(() => t.stop())

test('what an older daemon does not know waits, uncounted, and a newer one does it', async () => {
  await t.transaction((tx) => enqueue(tx, [...newer.orders('push'), ...newer.orders('mail')]))
  await until(async () => (await t.ledger('done')).length === 4, 'the older one does what it knows')
  await until(
    async () => (await t.rows(`select 1 from cascata.command_queue where state = 'scheduled'`)).length === 4,
    'the rest waits',
  )
  for (let i = 0; i < 4; i++) {
    await t.clock.advance('2m')
    await t.runUntilIdle()
  }
  expect(await t.rows('select distinct state, failures, crashes, releases from cascata.command_queue')).toEqual([
    { state: 'scheduled', failures: 0, crashes: 0, releases: 0 },
  ])
  const [attempt] = await t.rows(
    `select outcome, error, next_why from cascata.attempts where outcome <> 'success' order by ended_at limit 1`,
  )
  expect(attempt).toEqual({
    outcome: 'released',
    error: expect.stringContaining('[bad-data]'),
    next_why: 'a newer daemon may know it: refused 1 of 21 times, uncounted',
  })
  const daemon = createDaemon({ app: newer.app, database: { control: t.url }, pollMs: 50 })
  await daemon.start()
  await t.daemon.stop(1_000)
  await t.clock.advance('2m')
  await until(async () => (await t.ledger('done')).length === 8, 'the newer one does the rest')
  await until(async () => (await t.rows('select 1 from cascata.command_queue')).length === 0, 'all is settled')
  expect(await t.rows(`select 1 from cascata.attempts where outcome = 'error'`)).toEqual([])
  expect(await t.rows(`select 1 from cascata.effects where state <> 'accepted'`)).toEqual([])
  await daemon.stop(1_000)
})

test('when no newer one comes it ends in error, as bad data, after some ten minutes of waiting', async () => {
  const [id] = await t.transaction((tx) => enqueue(tx, newer.orders('push').slice(0, 1)))
  await t.runThrough()
  const attempts = await t.rows<{ outcome: string; final: boolean; error: string; s: string | null }>(
    `select outcome, final, error, extract(epoch from next_at - ended_at) as s from cascata.attempts where command_id = $1
     order by claim_no`,
    [id],
  )
  expect(attempts.map(({ outcome }) => outcome)).toEqual([...Array(20).fill('released'), 'error'])
  expect(attempts.at(-1)).toMatchObject({ final: true, error: expect.stringContaining('[bad-data]') })
  const minutes = attempts.reduce((sum, { s }) => sum + Number(s ?? 0), 0) / 60
  expect(minutes).toBeGreaterThan(7)
  expect(minutes).toBeLessThan(16)
})

test.each([
  ['wants it tried again', true, ['error', 'error', 'error']],
  ['does not want it tried again', false, ['error']],
])("the command's own `retryable` is asked instead: one that %s", async (_, wanted, outcomes) => {
  const asked: unknown[] = []
  const own = version(['mail'], { attempts: 3, base: 0, retryable: (error) => asked.push(error) > 0 && wanted })
  const engine = await startEngine(own.app)
  const [id] = await engine.transaction((tx) => enqueue(tx, newer.orders('push').slice(0, 1)))
  await engine.runThrough()
  expect(
    (await engine.rows<{ outcome: string }>('select outcome from cascata.attempts where command_id = $1', [id])).map(
      ({ outcome }) => outcome,
    ),
  ).toEqual(outcomes)
  expect(asked[0]).toMatchObject({ code: 'bad-data' })
  await engine.stop()
})

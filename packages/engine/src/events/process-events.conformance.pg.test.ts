import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { Thing } from '../../test-support/ledger-app.ts'
import { type Engine, startEngine } from '../../test-support/start-engine.ts'
import { command, createApp, event, handle, module, on, save } from '../index.ts'

const Counted = event('counted', z.object({ n: z.number() }))
const Greeted = event('greeted', z.object({ n: z.number() }))
const Unheard = event('unheard', z.object({}))
const Greet = command('greet', z.object({ n: z.number() }))

const seen: number[] = []
let failing = new Set<number>()
const app = createApp([
  module('events', [
    Unheard,
    on(Counted, 'count', ({ n }) => {
      seen.push(n)
    }),
    on(Greeted, 'greet', ({ n }) => Greet({ n })),
    on(Greeted, 'audit', ({ n }) => {
      if (failing.has(n)) throw new TypeError(`no ${n}`)
    }),
    handle(Greet, async ({ n }, { tx }) => {
      await tx.query(`insert into ledger values ('greet', $1)`, [n])
    }),
  ]),
])

let t: Engine
beforeAll(async () => {
  t = await startEngine(app)
})
afterEach(() => t.pool.query('truncate ledger'))
afterAll(() => t.stop())

test('a thousand events are processed in their order and saved in one transaction', async () => {
  const numbers = Array.from({ length: 1_000 }, (_, n) => n)
  await t.transaction((tx) => save(tx, new Thing(numbers.map((n) => Counted({ n })))))
  await t.runUntilIdle()
  expect(seen).toEqual(numbers)
  const [saved] = await t.rows(
    `select count(*)::integer as n, count(distinct xmin::text)::integer as transactions from cascata.event_handlings where type = 'counted'`,
  )
  expect(saved).toEqual({ n: 1_000, transactions: 1 })
})

test('a handler that fails keeps a row of its own, and is tried again alone; all others are done', async () => {
  failing = new Set([3])
  const ids = await t.transaction((tx) => save(tx, new Thing([1, 2, 3, 4, 5].map((n) => Greeted({ n })))))
  await t.runUntilIdle()
  expect((await t.ledger('greet')).sort()).toEqual(['1', '2', '3', '4', '5'])
  expect(await t.rows('select handler, failures > 0 as failed from cascata.event_queue')).toEqual([
    { handler: 'audit', failed: true },
  ])
  const [failed] = await t.rows(
    `select error_class, error, final from cascata.event_handlings
     where outcome = 'error' and claim_no = 1 and event_id = any($1)`,
    [ids],
  )
  expect(failed).toEqual({ error_class: 'TypeError', error: 'no 3', final: false })
  failing = new Set()
  await t.clock.advance('1h')
  await t.runUntilIdle()
  expect(await t.rows('select 1 from cascata.event_queue')).toEqual([])
  expect(await t.ledger('greet')).toHaveLength(5)
  const statuses = await t.rows('select distinct status from cascata.event_statuses where id = any($1)', [ids])
  expect(statuses).toEqual([{ status: 'success' }])
})

test('a handler that fails for good leaves its event in error', async () => {
  failing = new Set([7])
  const [id] = await t.transaction((tx) => save(tx, new Thing([Greeted({ n: 7 })])))
  for (let i = 0; i < 20; i++) {
    await t.runUntilIdle()
    await t.clock.advance('1h')
  }
  await t.runUntilIdle()
  expect(await t.rows('select status from cascata.event_statuses where id = $1', [id])).toEqual([{ status: 'error' }])
  const outcomes = await t.rows(
    `select handler, count(*)::integer as n, bool_or(final) as final from cascata.event_handlings where event_id = $1 group by 1 order by 1`,
    [id],
  )
  expect(outcomes).toEqual([
    { handler: 'audit', n: 20, final: true },
    { handler: 'greet', n: 1, final: true },
  ])
})

test('an event of which nobody wants to hear succeeds', async () => {
  const [id] = await t.transaction((tx) => save(tx, new Thing([Unheard({})])))
  await t.runUntilIdle()
  expect(await t.rows('select status from cascata.event_statuses where id = $1', [id])).toEqual([{ status: 'success' }])
})

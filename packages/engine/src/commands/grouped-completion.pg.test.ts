import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type Engine, startEngine } from '../../test-support/start-engine.ts'
import { gate } from '../../test-support/until.ts'
import { command, createApp, enqueue, handle, module } from '../index.ts'

const Pure = command('pure', z.object({ n: z.number() }), { retry: { attempts: 2, base: '1h', jitter: 'none' } })
const Follow = command('follow', z.object({ n: z.number(), refused: z.boolean() }))

const GROUP = 2_000
let held = gate()
let waiting = 0
const app = createApp([
  module('pure', [
    handle(Pure, async ({ n }) => {
      if (++waiting === GROUP) held.open()
      await held.opened
      return Follow({ n, refused: n === 777 })
    }),
    handle(Follow, () => {}),
  ]),
])

let t: Engine
beforeAll(async () => {
  t = await startEngine(app, { concurrency: 1_000, commandsMax: 10_000 })
  await t.pool.query(
    `alter table cascata.commands add constraint not_refused check (data->>'refused' is distinct from 'true')`,
  )
})
afterAll(() => t.stop())

test('of 2,000 completions that are written together, the one whose follow-up is refused fails, and only it', async () => {
  held = gate()
  setImmediate(function release() {
    // As many as may run at once are let go together, again and again.
    if (waiting > 0 && waiting % 800 === 0) held.open()
    if (waiting < GROUP) setImmediate(release)
  })
  const numbers = Array.from({ length: GROUP }, (_, n) => n)
  await t.transaction((tx) =>
    enqueue(
      tx,
      numbers.map((n) => Pure({ n })),
    ),
  )
  await t.runUntilIdle(60_000)
  const attempts = await t.rows(
    `select outcome, final, count(*)::integer as n from cascata.attempts where type = 'pure' group by 1, 2 order by 1`,
  )
  expect(attempts).toEqual([
    { outcome: 'error', final: false, n: 1 },
    { outcome: 'success', final: true, n: 1_999 },
  ])
  const [failed] = await t.rows(
    `select c.data->>'n' as n, q.failures, q.state from cascata.command_queue q join cascata.commands c on c.tenant = q.tenant and c.id = q.id`,
  )
  expect(failed).toEqual({ n: '777', failures: 1, state: 'scheduled' })
  expect(await t.rows(`select 1 from cascata.commands where type = 'follow'`)).toHaveLength(1_999)
  const [{ transactions } = { transactions: GROUP }] = await t.rows<{ transactions: number }>(
    `select count(distinct xmin::text)::integer as transactions from cascata.attempts where type = 'pure'`,
  )
  expect(transactions).toBeLessThan(200)
}, 120_000)

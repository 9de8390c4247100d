import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type Engine, startEngine } from '../../test-support/start-engine.ts'
import { command, createApp, enqueue, handle, module } from '../index.ts'

const Meddle = command('meddle', z.object({ sql: z.string() }), { retry: { attempts: 1 } })
const Follow = command('follow', z.object({}))
const app = createApp([
  module('meddling', [
    handle(Meddle, async ({ sql }, { tx }) => {
      await tx.query(`insert into ledger values ('meddle', $1)`, [sql])
      await tx.query(sql)
      return Follow({})
    }),
    handle(Follow, () => {}),
  ]),
])

let t: Engine
beforeAll(async () => {
  t = await startEngine(app)
})
afterAll(() => t.stop())

test.each(['commit', 'rollback', 'select 1; commit', 'commit; begin'])(
  'a handler that runs "%s" fails: nothing of it is saved, and nothing follows',
  async (sql) => {
    const [id] = await t.transaction((tx) => enqueue(tx, Meddle({ sql })))
    await t.runUntilIdle()
    const [attempt] = await t.rows('select outcome, final, error from cascata.attempts where command_id = $1', [id])
    expect(attempt).toMatchObject({ outcome: 'error', final: true })
    expect(attempt?.['error']).toContain('transaction-ended')
    expect(await t.rows('select 1 from cascata.commands where origin_id = $1', [id])).toEqual([])
    expect((await t.ledger('meddle')).filter((l) => l === sql)).toEqual([])
  },
)

test('the connection that such a handler used is fit for the next', async () => {
  for (let i = 0; i < 30; i++)
    await t.transaction((tx) => enqueue(tx, Meddle({ sql: i % 2 ? 'commit; begin' : 'select 1' })))
  await t.runUntilIdle()
  const outcomes = await t.rows(
    `select outcome, count(*)::integer as n from cascata.attempts where type = 'meddle'
     and command_id in (select id from cascata.commands where data->>'sql' in ('commit; begin', 'select 1')) group by 1 order by 1`,
  )
  expect(outcomes).toEqual([
    { outcome: 'error', n: 16 },
    { outcome: 'success', n: 15 },
  ])
  const open = await t.rows(
    `select 1 from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'`,
  )
  expect(open).toEqual([])
})

import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { Thing } from '../../test-support/ledger-app.ts'
import { type Engine, startEngine } from '../../test-support/start-engine.ts'
import {
  addToBatch,
  command,
  createApp,
  enqueue,
  event,
  handle,
  lineageOf,
  module,
  reprocess,
  ring,
  save,
  sealBatch,
  type TxHandle,
  uuidv7,
} from '../index.ts'

const Do = command('do', z.object({}))
const Done = event('done', z.object({}))
let t: Engine
beforeAll(async () => {
  t = await startEngine(createApp([module('x', [handle(Do, () => {}), Done])]))
})
afterAll(() => t.stop())

const calls: [string, (tx: TxHandle) => Promise<unknown>][] = [
  ['save', (tx) => save(tx, new Thing([Done({})]))],
  ['enqueue', (tx) => enqueue(tx, Do({}))],
  ['addToBatch', (tx) => addToBatch(tx, uuidv7(), [Do({})])],
  ['sealBatch', (tx) => sealBatch(tx, uuidv7())],
  ['reprocess', (tx) => reprocess(tx, { commandId: uuidv7(), author: 'ana', reason: 'x' })],
]
const written = async () =>
  await t.rows(`select (select count(*) from cascata.events) + (select count(*) from cascata.commands)
    + (select count(*) from things) as n`)

test.each(calls)('%s refuses a TypeORM QueryRunner before anything is written', async (_, call) => {
  const before = await written()
  // `query` resolves to the rows alone.
  const runner = {
    isTransactionActive: true,
    query: async (text: string, values?: unknown[]) => (await t.pool.query(text, values)).rows,
  }
  await expect(call(runner as never)).rejects.toMatchObject({ code: 'not-a-transaction' })
  expect(await written()).toEqual(before)
})

test('with a pool or a Kysely instance a call is a transaction of its own, whatever the caller has open and rolls back', async () => {
  const kysely = new Kysely<Record<string, never>>({
    dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: t.url, max: 1 }) }),
  })
  const client = await t.pool.connect()
  await client.query('begin')
  const ids: string[] = []
  for (const handle of [client, t.pool, kysely]) ids.push(...(await enqueue(handle, Do({}))))
  await client.query('rollback')
  client.release()
  await kysely.destroy()
  const kept = await t.rows<{ id: string }>('select id from cascata.commands where id = any($1) order by id', [ids])
  expect(kept.map(({ id }) => id)).toEqual(ids.slice(1))
  for (const [name, call] of calls) {
    const answer = call(t.pool as never)
    if (name === 'save' || name === 'enqueue') expect(await answer).toHaveLength(1)
    else await expect(answer).rejects.toMatchObject({ code: 'not-found' })
  }
})

test('a wrapper whose query gives no rows is refused clearly, and the transaction is the caller’s to roll back', async () => {
  const before = await written()
  const client = await t.pool.connect()
  await client.query('begin')
  const wrapper = { query: async (text: string, values: unknown[]) => (await client.query(text, values)).rows }
  await expect(enqueue(wrapper as never, Do({}))).rejects.toMatchObject({
    code: 'not-a-transaction',
    message: expect.stringContaining('{ rows }'),
  })
  await client.query('rollback')
  client.release()
  expect(await written()).toEqual(before)
})

test('lineage is read, and a ring is rung, on a pool', async () => {
  const [id] = await t.transaction((tx) => enqueue(tx, Do({})))
  expect(await lineageOf(t.pool, id as string)).toHaveLength(1)
  await ring(t.pool)
})

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

test.each(calls)(
  '%s refuses a pool, a Kysely instance and a TypeORM QueryRunner before anything is written',
  async (_, call) => {
    const before = await written()
    const kysely = new Kysely<Record<string, never>>({
      dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: t.url, max: 1 }) }),
    })
    // What TypeORM's QueryRunner looks like: `query` resolves to the rows alone.
    const runner = {
      isTransactionActive: true,
      query: async (text: string, values?: unknown[]) => (await t.pool.query(text, values)).rows,
    }
    for (const handle of [t.pool, kysely, runner]) {
      await expect(call(handle as never)).rejects.toMatchObject({ code: 'not-a-transaction' })
    }
    await kysely.destroy()
    expect(await written()).toEqual(before)
  },
)

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

test('what reads, and a ring, may be given a pool', async () => {
  const [id] = await t.transaction((tx) => enqueue(tx, Do({})))
  expect(await lineageOf(t.pool, id as string)).toHaveLength(1)
  await ring(t.pool)
})

import type pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type FreshDatabase, freshDatabase } from '../../../../scripts/testing/fresh-database.ts'
import { createPool } from './pools.ts'
import { type Step, sendTogether } from './round-trip.ts'

let database: FreshDatabase
let pool: pg.Pool
let client: pg.PoolClient
beforeAll(async () => {
  database = await freshDatabase()
  pool = createPool(database.url, 1, 'round-trip')
  await pool.query('create table notes (n integer primary key)')
})
beforeEach(async () => {
  client = await pool.connect()
})
afterEach(async () => {
  await client.query('rollback')
  await client.query('delete from notes')
  client.release()
})
afterAll(async () => {
  await pool.end()
  await database.drop()
})

const step = (text: string, values: unknown[] = [], more: Partial<Step> = {}): Step => ({ text, values, ...more })
const outcomes = async (steps: Step[]) =>
  (await Promise.allSettled(sendTogether(client, steps))).map((end) =>
    end.status === 'fulfilled' ? end.value.rows : (end.reason as { code?: string }).code,
  )

test('each statement has its own result, typed as the driver types it', async () => {
  const [begun, made, found, none] = await Promise.all(
    sendTogether(client, [
      step('begin', [], { name: 'b' }),
      step('insert into notes select generate_series(1, $1::integer) returning n', [3]),
      step(`select count(*)::integer as n, true as yes, '{"a":1}'::jsonb as data from notes`),
      step('select 1 where false'),
    ]),
  )
  expect(begun?.command).toBe('BEGIN')
  expect(made).toMatchObject({ rowCount: 3, rows: [{ n: 1 }, { n: 2 }, { n: 3 }] })
  expect(found?.rows).toEqual([{ n: 3, yes: true, data: { a: 1 } }])
  expect(none?.rows).toEqual([])
})

test('what stands behind a statement that raises does not run', async () => {
  const sent = [step('begin'), step('insert into notes values (1)'), step('select 1 / 0'), step('commit')]
  expect(await outcomes(sent)).toEqual([[], [], '22012', '22012'])
  await client.query('rollback')
  expect((await client.query('select * from notes')).rows).toEqual([])
})

test('a statement that is skipped is prepared the next time', async () => {
  const named = step('select 7 as n', [], { name: 'seven' })
  expect(await outcomes([step('select 1 / 0'), named])).toEqual(['22012', '22012'])
  expect(await outcomes([named, named])).toEqual([[{ n: 7 }], [{ n: 7 }]])
  const { rows } = await client.query(`select name from pg_prepared_statements where name = 'seven'`)
  expect(rows).toHaveLength(1)
})

test('a statement that does not parse leaves its name free', async () => {
  expect(await outcomes([step('select from nowhere', [], { name: 'later' })])).toEqual(['42P01'])
  expect(await outcomes([step('select 1 as n', [], { name: 'later' })])).toEqual([[{ n: 1 }]])
})

test('round trips and single queries keep their order on one connection', async () => {
  const all = await Promise.all([
    ...sendTogether(client, [step('select 1 as n'), step('select 2 as n')]),
    client.query('select 3 as n'),
    ...sendTogether(client, [step('select 4 as n', [], { name: 'four' })]),
    client.query('select $1::integer as n', [5]),
  ])
  expect(all.map(({ rows }) => rows[0].n)).toEqual([1, 2, 3, 4, 5])
})

test('an error in one round trip is not told to the next', async () => {
  const [first, second] = [sendTogether(client, [step('select 1 / 0')]), sendTogether(client, [step('select 1 as n')])]
  await expect(first[0]).rejects.toMatchObject({ code: '22012' })
  expect((await second[0])?.rows).toEqual([{ n: 1 }])
})

test('rows that are not described come as arrays of text, and empty text is a statement', async () => {
  const quiet = step('select n from generate_series(1, 3) n', [], { quiet: true })
  expect(await outcomes([quiet, step(''), step('select 1 as n')])).toEqual([[['1'], ['2'], ['3']], [], [{ n: 1 }]])
})

test('copying rows in is refused, and the connection can be used again', async () => {
  expect(await outcomes([step('begin'), step('copy notes from stdin')])).toEqual([[], '57014'])
  await client.query('rollback')
  expect(await outcomes([step('select 1 as n')])).toEqual([[{ n: 1 }]])
})

test('a lost connection rejects all that is on its way', async () => {
  const own = createPool(database.url, 1, 'lost')
  const lost = await own.connect()
  lost.on('error', () => {})
  const sent = sendTogether(lost, [step('select pg_sleep(20)'), step('select 2')])
  const { processID } = lost as unknown as { processID: number }
  await client.query('select pg_terminate_backend($1)', [processID])
  const ends = await Promise.allSettled(sent)
  expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  lost.release(true)
  await own.end()
})

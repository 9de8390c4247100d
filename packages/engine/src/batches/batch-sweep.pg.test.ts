import type pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { engineDatabase } from '../../test-support/engine-database.ts'
import { CONTROL_SETTINGS, createPool, runner } from '../postgres/pools.ts'
import { BatchSweep } from './settle-batches.ts'

let pool: pg.Pool
let drop: () => Promise<void>
beforeEach(async () => {
  const database = await engineDatabase()
  drop = database.drop
  pool = createPool(database.url, 1, 'sweep', CONTROL_SETTINGS)
})
afterEach(async () => {
  await pool.end()
  await drop()
})

const count = async (sql: string): Promise<number> =>
  Number((await pool.query<{ n: string }>(`select count(*) as n from ${sql}`)).rows[0]?.n)

/** Open batches of three tenants; every fifth has no member left, as after a crash. */
const OPEN = `
  with b as (
    insert into cascata.batches (tenant, id, type, root_id, origin, size, sealed, required_percent)
    select ('00000000-0000-0000-0000-00000000000' || i % 3)::uuid, cascata.new_uuid(), 'b', gen_random_uuid(), 'direct', 1, true, 100
    from generate_series(1, $1) i returning tenant, id
  )
  insert into cascata.command_queue (tenant, id, type, root_id, batch_id, lane, priority, state, run_at)
  select tenant, gen_random_uuid(), 'member', id, id, 1, 0, 'scheduled', now() + interval '1 day'
  from (select *, row_number() over (order by tenant, id) as i from b) b where i % 5 <> 0`

test('however many batches are open, one look reads a page of them, and all are looked at in turn', async () => {
  await pool.query(OPEN, [100])
  const sweep = new BatchSweep({ control: pool, run: runner(true) }, 20)
  const settled: number[] = []
  for (let look = 0; look < 5; look++) settled.push(await sweep.look())
  expect(settled).toEqual([4, 4, 4, 4, 4])
  expect(await count(`cascata.batches where state = 'success'`)).toBe(20)
  // From the beginning again: what has become done meanwhile is found.
  expect(await sweep.look()).toBe(0)
  await pool.query('delete from cascata.command_queue')
  for (let look = 0; look < 6; look++) await sweep.look()
  expect(await count(`cascata.batches where state = 'open'`)).toBe(0)
})

test('a batch that cannot be settled keeps nobody behind it waiting for ever', async () => {
  await pool.query(OPEN, [20])
  // Its next command is missing from the facts, and its on-failure is nonsense: settling it fails.
  const [first] = (
    await pool.query<{ id: string }>('select id from cascata.batches b order by tenant, id offset 4 limit 1')
  ).rows
  await pool.query(
    `update cascata.batches set required_percent = 100, size = 1, on_failure = '{"type": null}' where id = $1`,
    [first?.id],
  )
  await pool.query(`insert into cascata.batch_failures select tenant, id, id from cascata.batches where id = $1`, [
    first?.id,
  ])
  const sweep = new BatchSweep({ control: pool, run: runner(true) }, 5)
  const looks: unknown[] = []
  for (let look = 0; look < 4; look++) looks.push(await sweep.look().catch((error: unknown) => error))
  expect(looks).toMatchObject([{ code: '23502' }, 1, 1, 1])
})

import type pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { engineDatabase } from '../../test-support/engine-database.ts'
import { SINGLE_TENANT, uuidv7 } from '../index.ts'
import { CONTROL_SETTINGS, createPool } from '../postgres/pools.ts'

/** A question about a chain of reprocessings reads no more when the tenant's history grows. */
let database: Awaited<ReturnType<typeof engineDatabase>>
let pool: pg.Pool
beforeAll(async () => {
  database = await engineDatabase()
  pool = createPool(database.url, 1, 'chains', CONTROL_SETTINGS)
})
afterAll(async () => {
  await pool.end()
  await database.drop()
})

const BASE = Date.now().toString(16).padStart(12, '0')

async function fillHistory(commands: number): Promise<void> {
  await pool.query(
    `with c as materialized (
       select ('${BASE}7000' || '8' || lpad(to_hex(n), 15, '0'))::uuid as id, n from generate_series(1, ${commands}) n
     ), facts as (
       insert into cascata.commands (tenant, id, type, data, root_id, origin, origin_id, lane, priority)
       select '${SINGLE_TENANT}', id, 'past', '{}', id, case when n % 10 = 0 then 'reprocess' else 'direct' end,
         case when n % 10 = 0 then gen_random_uuid() end, 0, 0 from c)
     insert into cascata.attempts (tenant, command_id, claim_no, type, outcome, final, ms)
     select '${SINGLE_TENANT}', id, 1, 'past', case when n % 50 = 0 then 'error' else 'success' end, true, 1 from c`,
  )
}

interface Chain {
  original: string
  last: string
}

/** A command that failed, and two copies of it that failed too; with `third` a copy of which nothing is known yet. */
async function fillChain(third: boolean): Promise<Chain> {
  const failed = [uuidv7(), uuidv7(), uuidv7()]
  const original = failed[0] as string
  const last = third ? uuidv7() : (failed[2] as string)
  await pool.query(
    `insert into cascata.commands (tenant, id, type, data, root_id, origin, origin_id, lane, priority)
     select $1, c.id, 'chain', '{}', $2, case when c.id = $2 then 'direct' else 'reprocess' end,
       case when c.id <> $2 then $2::uuid end, 0, 0
     from unnest($3::uuid[]) as c(id)`,
    [SINGLE_TENANT, original, [...new Set([...failed, last])]],
  )
  await pool.query(
    `insert into cascata.attempts (tenant, command_id, claim_no, type, outcome, final, ms)
     select $1, c.id, 1, 'chain', 'error', true, 1 from unnest($2::uuid[]) as c(id)`,
    [SINGLE_TENANT, failed],
  )
  return { original, last }
}

async function buffersOf(call: string): Promise<number> {
  const { rows } = await pool.query(`explain (analyze, buffers, format json) select ${call}`)
  const { Plan } = rows[0]['QUERY PLAN'][0]
  return Plan['Shared Hit Blocks'] + Plan['Shared Read Blocks']
}

const CALLS: [string, boolean, (chain: Chain) => string][] = [
  ['a copy succeeds', true, ({ original, last }) => `cascata.recover('${SINGLE_TENANT}', '${original}', '${last}')`],
  [
    'a command is reprocessed',
    false,
    ({ original }) =>
      `cascata.reprocess('${SINGLE_TENANT}', '${original}', '${uuidv7()}', null, 'ana', 'again', '${uuidv7()}')`,
  ],
]

test.each(CALLS)('when %s, no more is read after fifty thousand commands than after none', async (_, third, call) => {
  await pool.query('truncate cascata.commands, cascata.attempts, cascata.command_queue')
  // The least of five: plans are made and catalogues are read now and then.
  const read = async () => {
    const seen: number[] = []
    for (let n = 0; n < 5; n++) seen.push(await buffersOf(call(await fillChain(third))))
    return Math.min(...seen)
  }
  const empty = await read()
  await fillHistory(50_000)
  expect(await read()).toBeLessThan(empty + 60)
  await pool.query('analyze cascata.commands, cascata.attempts')
  expect(await read()).toBeLessThan(empty + 60)
})

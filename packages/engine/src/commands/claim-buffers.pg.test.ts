import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { engineDatabase } from '../../test-support/engine-database.ts'
import { SINGLE_TENANT } from '../index.ts'
import type { RunStatement } from '../postgres/pools.ts'
import { claimCommands } from './claim-commands.ts'

/** What a claim reads does not grow with what it cannot take, nor much with the tenants it serves. */
const CLAIMED = 100
const DEFAULT_LANE = 1

let database: Awaited<ReturnType<typeof engineDatabase>>
let pool: pg.Pool
beforeAll(async () => {
  database = await engineDatabase()
  pool = new pg.Pool({ connectionString: database.url, max: 1 })
})
afterAll(async () => {
  await pool.end()
  await database.drop()
})

const BASE = Date.now().toString(16).padStart(12, '0')
const idOf = (n: string) => `('${BASE}7000' || '8' || lpad(to_hex(${n}), 15, '0'))::uuid`

/** Commands from..to, of `tenants` tenants in turn. */
async function fill(from: number, to: number, state: string, tenants = 1): Promise<void> {
  const tenant =
    tenants === 1
      ? `'${SINGLE_TENANT}'::uuid`
      : `('00000000-0000-4000-8000-' || lpad((n % ${tenants})::text, 12, '0'))::uuid`
  await pool.query(
    `with c as materialized (select ${tenant} as tenant, ${idOf('n')} as id from generate_series(${from}, ${to}) n), facts as (
       insert into cascata.commands (tenant, id, type, data, lane, priority, root_id, origin)
       select tenant, id, 'claimed', '{}', ${DEFAULT_LANE}, 0, id, 'direct' from c)
     insert into cascata.command_queue (tenant, id, type, root_id, lane, priority, state, run_at)
     select tenant, id, 'claimed', id, ${DEFAULT_LANE}, 0, $1, case when $1 = 'scheduled' then now() + interval '1 day' end from c`,
    [state],
  )
  await pool.query('vacuum (analyze) cascata.command_queue')
}

/** Buffers that one claim of {@link CLAIMED} commands touches; rolled back. */
async function buffersOfAClaim(): Promise<number> {
  let buffers = 0
  const explained: RunStatement = async (_, what, values) => {
    await pool.query('begin')
    const { rows } = await pool.query(`explain (analyze, buffers, format json) ${what.text}`, [...values])
    await pool.query('rollback')
    const { Plan } = rows[0]['QUERY PLAN'][0]
    expect(Plan['Actual Rows']).toBe(CLAIMED)
    buffers = Plan['Shared Hit Blocks'] + Plan['Shared Read Blocks']
    return []
  }
  const options = { pool, run: explained, daemonId: randomUUID(), types: ['claimed'] }
  await claimCommands(options, DEFAULT_LANE, CLAIMED, SINGLE_TENANT, randomUUID())
  return buffers
}

test('100,000 rows ahead that cannot be claimed, or 1,000 tenants of one command each: at most twice the plain case', async () => {
  await fill(1, 1_000, 'pending')
  const plain = await buffersOfAClaim()

  await pool.query('truncate cascata.command_queue, cascata.commands')
  await fill(1, 50_000, 'awaiting')
  await fill(50_001, 100_000, 'scheduled')
  await fill(100_001, 101_000, 'pending')
  expect(await buffersOfAClaim()).toBeLessThanOrEqual(2 * plain)

  await pool.query('truncate cascata.command_queue, cascata.commands')
  await fill(1, 1_000, 'pending', 1_000)
  expect(await buffersOfAClaim()).toBeLessThanOrEqual(2 * plain)
})

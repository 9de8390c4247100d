import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { engineDatabase } from '../../test-support/engine-database.ts'
import { SINGLE_TENANT } from '../index.ts'
import { CONTROL_SETTINGS, createPool, type RunStatement } from '../postgres/pools.ts'
import { claimCommands, claimCommandsBehind } from './claim-commands.ts'

/** What a claim reads does not grow with what it cannot take, nor much with the tenants it serves. */
const CLAIMED = 100
const DEFAULT_LANE = 1

let database: Awaited<ReturnType<typeof engineDatabase>>
let pool: pg.Pool
beforeAll(async () => {
  database = await engineDatabase()
  pool = createPool(database.url, 1, 'claims', CONTROL_SETTINGS)
})
afterAll(async () => {
  await pool.end()
  await database.drop()
})

const BASE = Date.now().toString(16).padStart(12, '0')
const idOf = (n: string) => `('${BASE}7000' || '8' || lpad(to_hex(${n}), 15, '0'))::uuid`

/** Commands from..to, of `tenants` tenants in turn. */
async function fill(from: number, to: number, state: string, tenants = 1, vacuum = true): Promise<void> {
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
  if (vacuum) await pool.query('vacuum (analyze) cascata.command_queue')
}

type Claim = (options: Parameters<typeof claimCommands>[0]) => Promise<unknown>

const fromTheBeginning: Claim = (options) => claimCommands(options, DEFAULT_LANE, CLAIMED, SINGLE_TENANT, randomUUID())

/** What EXPLAIN says of a claim of {@link CLAIMED} commands; rolled back. `plan` is that of custom or of kept plans. */
async function explain(claim: Claim, plan: 'custom' | 'generic' = 'custom') {
  let buffers = 0
  let text = ''
  const explained: RunStatement = async (_, { text: sql }, values) => {
    await pool.query('begin')
    await pool.query(`set local plan_cache_mode = force_${plan}_plan`)
    const types = values.map((value) => typeOf(value)).join(', ')
    await pool.query(`prepare claim (${types}) as ${sql}`)
    const { rows } = await pool.query(`explain (analyze, buffers, format json) execute claim (${values.map(literal)})`)
    await pool.query('deallocate claim')
    await pool.query('rollback')
    const { Plan } = rows[0]['QUERY PLAN'][0]
    expect(Plan['Actual Rows']).toBe(CLAIMED)
    buffers = Plan['Shared Hit Blocks'] + Plan['Shared Read Blocks']
    text = JSON.stringify(Plan)
    return []
  }
  await claim({ pool, run: explained, daemonId: randomUUID(), types: ['claimed'] })
  return { buffers, text }
}

const typeOf = (value: unknown) => (Array.isArray(value) ? 'text[]' : typeof value === 'number' ? 'bigint' : 'uuid')
const literal = (value: unknown) =>
  Array.isArray(value) ? `'{${value}}'` : typeof value === 'number' ? value : `'${value}'`
const buffersOfAClaim = async () => (await explain(fromTheBeginning)).buffers

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

test.each(['custom', 'generic'] as const)(
  'by a %s plan that was made when the queue was empty, a claim finds its rows by index and by place',
  async (plan) => {
    await pool.query('truncate cascata.command_queue, cascata.commands')
    await fill(1, 1_000, 'pending')
    const plain = await buffersOfAClaim()
    await pool.query('delete from cascata.command_queue')
    await pool.query('vacuum (analyze) cascata.command_queue')
    await pool.query('alter table cascata.command_queue set (autovacuum_enabled = off)')
    await fill(200_001, 230_000, 'pending', 1, false)
    const { buffers, text } = await explain(fromTheBeginning, plan)
    expect(text).toContain('Tid Scan')
    expect(text).not.toMatch(/Seq Scan|"Hash Join"|"Merge Join"/)
    expect(buffers).toBeLessThanOrEqual(2 * plain)
    await pool.query('alter table cascata.command_queue reset (autovacuum_enabled)')
  },
)

test('while an old snapshot is held, a claim that goes on behind the last does not walk over what was finished', async () => {
  await pool.query('truncate cascata.command_queue, cascata.commands')
  await fill(1, 1_000, 'pending')
  const plain = await buffersOfAClaim()
  await fill(1_001, 60_000, 'pending')
  const holder = await createPool(database.url, 1, 'holder').connect()
  await holder.query('begin isolation level repeatable read')
  await holder.query('select 1 from cascata.command_queue limit 1')
  const { rows } = await pool.query(`delete from cascata.command_queue where id <= ${idOf('50000')} returning id`)
  expect(rows).toHaveLength(50_000)
  const last = { tenant: SINGLE_TENANT, priority: 0, id: rows.at(-1).id }
  const behind: Claim = (options) => claimCommandsBehind(options, DEFAULT_LANE, CLAIMED, last, randomUUID())
  const { buffers } = await explain(behind)
  expect(buffers).toBeLessThanOrEqual(2 * plain)
  expect(await buffersOfAClaim()).toBeGreaterThan(buffers)
  holder.release(true)
})

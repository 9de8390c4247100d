import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { engineDatabase } from '../../test-support/engine-database.ts'
import { explainClaim } from '../../test-support/explain-claim.ts'
import { SINGLE_TENANT } from '../index.ts'
import { CONTROL_SETTINGS, createPool } from '../postgres/pools.ts'
import { claimCommands, claimCommandsBehind, type Place, walkCommands } from './claim-commands.ts'

/** What a claim reads does not grow with what it cannot take, nor much with the tenants it serves. */
const CLAIMED = 100
const DEFAULT_LANE = 1

let database: Awaited<ReturnType<typeof engineDatabase>>
let pool: pg.Pool
beforeAll(async () => {
  database = await engineDatabase()
  pool = createPool(database.url, 1, 'claims', CONTROL_SETTINGS)
})
beforeEach(() => pool.query('truncate cascata.command_queue, cascata.commands, cascata.attempts'))
afterAll(async () => {
  await pool.end()
  await database.drop()
})

const BASE = Date.now().toString(16).padStart(12, '0')
const idOf = (n: string) => `('${BASE}7000' || '8' || lpad(to_hex(${n}), 15, '0'))::uuid`

/** Commands from..to, of `tenants` tenants in turn. */
async function fill(
  from: number,
  to: number,
  state: string,
  tenants = 1,
  vacuum = true,
  type = 'claimed',
): Promise<void> {
  const tenant =
    tenants === 1
      ? `'${SINGLE_TENANT}'::uuid`
      : `('00000000-0000-4000-8000-' || lpad((n % ${tenants})::text, 12, '0'))::uuid`
  await pool.query(
    `with c as materialized (select ${tenant} as tenant, ${idOf('n')} as id from generate_series(${from}, ${to}) n), facts as (
       insert into cascata.commands (tenant, id, type, data, lane, priority, root_id, origin)
       select tenant, id, '${type}', '{}', ${DEFAULT_LANE}, 0, id, 'direct' from c)
     insert into cascata.command_queue (tenant, id, type, root_id, lane, priority, state, run_at)
     select tenant, id, '${type}', id, ${DEFAULT_LANE}, 0, $1, case when $1 = 'scheduled' then now() + interval '1 day' end from c`,
    [state],
  )
  if (vacuum) await pool.query('vacuum (analyze) cascata.command_queue')
}

type Claim = (options: Parameters<typeof claimCommands>[0]) => Promise<unknown>

const fromTheBeginning: Claim = (options) => claimCommands(options, DEFAULT_LANE, CLAIMED, SINGLE_TENANT, randomUUID())

/** A claim of {@link CLAIMED} commands; rolled back. */
async function explain(claim: Claim, plan: 'custom' | 'generic' = 'custom', answers = CLAIMED) {
  const options = { pool, daemonId: randomUUID(), types: ['claimed'], lanes: [0, 1, 2] }
  const explained = await explainClaim(pool, (run) => claim({ ...options, run }), plan)
  expect(explained.rows).toBe(answers)
  return explained
}

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
  const { buffers } = await explain(fromTheBeginning, 'custom', CLAIMED + 1) // and where the next claim goes on
  expect(buffers).toBeLessThanOrEqual(2 * plain)
})

/** As autovacuum leaves a queue that was empty for a moment and kept its pages. */
async function lie(): Promise<void> {
  await pool.query(`update pg_class set reltuples = 0 where relname like 'command\\_queue%'`)
  await pool.query(`update pg_class set relpages = 10000 where relname = 'command_queue'`)
  await pool.query('discard plans')
}

test.each(['custom', 'generic'] as const)(
  'by a %s plan that was made for an empty queue, a claim finds its rows by index and by place',
  async (plan) => {
    await fill(1, 1_000, 'pending')
    const plain = await buffersOfAClaim()
    await pool.query('alter table cascata.command_queue set (autovacuum_enabled = off)')
    await fill(200_001, 230_000, 'pending')
    await lie()
    const { buffers, text } = await explain(fromTheBeginning, plan)
    expect(text).toContain('Tid Scan')
    expect(text).not.toMatch(/Seq Scan|Bitmap|"Hash Join"|"Merge Join"/)
    expect(text).not.toContain('root_id_id_idx') // of weeks that are empty yet, where all indexes cost the same
    expect(buffers).toBeLessThanOrEqual(2 * plain)
    await pool.query('alter table cascata.command_queue reset (autovacuum_enabled)')
  },
)

test.each(['settle_successes', 'fence_shared'] as const)(
  'by a plan that was made for an empty queue, %s finds the rows of its claims by their key',
  async (name) => {
    await pool.query('alter table cascata.command_queue set (autovacuum_enabled = off)')
    await fill(1, 60_000, 'pending')
    const token = randomUUID()
    await pool.query(`update cascata.command_queue set state = 'processing', token = $1, claimed_by = $1`, [token])
    const ids = `(select array_agg(id) from (select id from cascata.command_queue order by id desc limit ${CLAIMED}) x)`
    const { rows: picked } = await pool.query(`select ${ids} as ids`)
    const list = `'{${picked[0].ids}}'::uuid[]`
    const tokens = `array_fill('${token}'::uuid, array[${CLAIMED}])`
    const numbers = `array_fill(1.5::double precision, array[${CLAIMED}])`
    const call = {
      settle_successes: `cascata.settle_successes('${SINGLE_TENANT}', '${token}', ${list}, ${tokens}, ${numbers}, ${numbers})`,
      fence_shared: `cascata.fence_shared('${SINGLE_TENANT}', ${list}, ${tokens})`,
    }[name]
    const buffersOfTheCall = async () => {
      await pool.query('begin')
      const { rows } = await pool.query(`explain (analyze, buffers, format json) select ${call}`)
      await pool.query('rollback')
      const { Plan } = rows[0]['QUERY PLAN'][0]
      return Plan['Shared Hit Blocks'] + Plan['Shared Read Blocks']
    }
    await pool.query('vacuum (analyze) cascata.command_queue')
    await buffersOfTheCall() // compiles the function
    await pool.query('discard plans')
    const honest = await buffersOfTheCall()
    await lie()
    expect(await buffersOfTheCall()).toBeLessThanOrEqual(1.5 * honest)
    await pool.query('alter table cascata.command_queue reset (autovacuum_enabled)')
  },
)

test('while an old snapshot is held, a claim that goes on behind the last does not walk over what was finished', async () => {
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

test("60,000 of another daemon's before what is ours are walked in pieces, and passed over then", async () => {
  await fill(1, 1_000, 'pending')
  const plain = await buffersOfAClaim()
  await pool.query('truncate cascata.command_queue, cascata.commands')
  await fill(1, 60_000, 'pending', 1, false, 'foreign')
  await fill(100_001, 101_000, 'pending')
  const places: Place[] = []
  const walk: Claim = (options) => walkCommands(options, DEFAULT_LANE, CLAIMED, SINGLE_TENANT, places, 0, randomUUID())
  const piece = await explain(walk, 'custom', 1) // it answers how far it came
  const { rows } = await pool.query(
    `select priority, id from cascata.command_queue where type = 'foreign' order by id desc limit 1`,
  )
  places.push({ tenant: SINGLE_TENANT, priority: rows[0].priority, id: rows[0].id })
  for (const plan of ['custom', 'generic'] as const) {
    const { buffers, text } = await explain(walk, plan)
    expect(text).not.toMatch(/Seq Scan|Bitmap|"Hash Join"|"Merge Join"/)
    expect(buffers).toBeLessThanOrEqual(2 * plain)
  }
  expect(piece.buffers).toBeLessThan((await explain(fromTheBeginning)).buffers / 2)
})

import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { engineDatabase } from '../../test-support/engine-database.ts'
import { explainClaim } from '../../test-support/explain-claim.ts'
import { SINGLE_TENANT } from '../index.ts'
import { CONTROL_SETTINGS, createPool, runner } from '../postgres/pools.ts'
import { type ClaimEventsOptions, claimEvents, type Place, walkEvents } from './claim-events.ts'
import { SetClaims } from './set-claims.ts'

/** Buffers that a claim of events reads do not grow with what it cannot take, nor much with the tenants it serves. */
const CLAIMED = 100

let database: Awaited<ReturnType<typeof engineDatabase>>
let pool: pg.Pool
beforeAll(async () => {
  database = await engineDatabase()
  pool = createPool(database.url, 1, 'claims', CONTROL_SETTINGS)
  await pool.query('alter table cascata.event_queue set (autovacuum_enabled = off)')
})
beforeEach(() => pool.query('truncate cascata.event_queue, cascata.events'))
afterAll(async () => {
  await pool.end()
  await database.drop()
})

const BASE = Date.now().toString(16).padStart(12, '0')
const idOf = (n: number | string) => `('${BASE}7000' || '8' || lpad(to_hex(${n}), 15, '0'))::uuid`

/** Events from..to, of `tenants` tenants in turn. */
async function fill(from: number, to: number, { type = 'ours', handler = '', tenants = 1 } = {}): Promise<void> {
  const tenant =
    tenants === 1
      ? `'${SINGLE_TENANT}'::uuid`
      : `('00000000-0000-4000-8000-' || lpad((n % ${tenants})::text, 12, '0'))::uuid`
  await pool.query(
    `with e as materialized (select ${tenant} as tenant, ${idOf('n')} as id from generate_series(${from}, ${to}) n), facts as (
       insert into cascata.events (tenant, id, type, data, entity_type, entity_id, root_id)
       select tenant, id, '${type}', '{}', 'thing', '1', id from e where '${type}' = 'ours')
     insert into cascata.event_queue (tenant, event_id, handler, type, root_id) select tenant, id, '${handler}', '${type}', id from e`,
  )
  await pool.query('vacuum (analyze) cascata.event_queue')
}

const run = runner(true)
const options = () => ({ pool, daemonId: randomUUID(), types: ['ours'], bareTypes: [], handlers: ['ours/handler'] })

type Claim = (options: ClaimEventsOptions) => Promise<unknown>
const usual: Claim = (own) => claimEvents(own, CLAIMED, SINGLE_TENANT, randomUUID())
const walking =
  (...places: Place[]): Claim =>
  (own) =>
    walkEvents(own, CLAIMED, SINGLE_TENANT, places, 0, randomUUID())

const explain = (claim: Claim, plan: 'custom' | 'generic' = 'custom') =>
  explainClaim(pool, (run) => claim({ ...options(), run }), plan)

async function lastPlace(type: string): Promise<Place> {
  const { rows } = await pool.query(
    'select tenant, event_id from cascata.event_queue where type = $1 order by event_id desc limit 1',
    [type],
  )
  return { tenant: rows[0].tenant, eventId: rows[0].event_id }
}

test("60,000 of another service's before what is ours are walked in pieces, and passed over then", async () => {
  await fill(1, 1_000)
  const plain = await explain(usual)
  expect(plain.rows).toBe(CLAIMED)
  await fill(100_001, 101_000, { tenants: 1_000 })
  const ofManyTenants = await explain(usual)

  await pool.query('truncate cascata.event_queue, cascata.events')
  await fill(1, 60_000, { type: 'theirs' })
  await fill(100_001, 101_000)
  const piece = await explain(walking())
  expect(piece.rows).toBe(1) // it answers how far it came
  expect(piece.buffers).toBeLessThan((await explain(usual)).buffers / 2)
  for (const plan of ['custom', 'generic'] as const) {
    const behind = await explain(walking(await lastPlace('theirs')), plan)
    expect(behind.rows).toBe(CLAIMED)
    expect(behind.text).not.toMatch(/Seq Scan|Bitmap|"Hash Join"|"Merge Join"/)
    expect(behind.buffers).toBeLessThanOrEqual(2 * plain.buffers)
  }

  await fill(200_001, 201_000, { tenants: 1_000 })
  const behindOfMany = await explain(walking(await lastPlace('theirs')))
  expect(behindOfMany.rows).toBe(CLAIMED + 1) // and where its turn ended
  expect(behindOfMany.buffers).toBeLessThanOrEqual(2 * ofManyTenants.buffers)
})

test('what another service left for a handler, or what is tried again, is found whatever the place', async () => {
  await fill(1, 10, { handler: 'handler' })
  await fill(11, 30_000, { type: 'theirs' })
  await fill(30_001, 31_000)
  const look = await walkEvents({ ...options(), run }, 4, SINGLE_TENANT, [await lastPlace('theirs')], 0, randomUUID())
  const { rows } = await pool.query(
    `select ${idOf(1)} as a, ${idOf(2)} as b, ${idOf(30_001)} as c, ${idOf(30_002)} as d`,
  )
  expect(look.claims.map(({ eventId, handler }) => [eventId, handler])).toEqual([
    [rows[0].a, 'handler'], // half of the set, the oldest
    [rows[0].b, 'handler'],
    [rows[0].c, ''],
    [rows[0].d, ''],
  ])
})

/** As a server does whose statement_timeout is short: what reads too much is cancelled. */
const BUFFERS_MAX = 3_000

test("claims come to what is ours, though a claim over all that is others' is cancelled each time", async () => {
  await fill(1, 150_000, { type: 'theirs' })
  await fill(150_001, 150_250)
  let most = 0
  const sets = new SetClaims(async (claim) => {
    const cancelling: ClaimEventsOptions['run'] = async (from, statement, values) => {
      const { buffers } = await explainClaim(pool, (explained) => explained(from, statement, values))
      if (buffers > BUFFERS_MAX) throw Object.assign(new Error('canceling statement'), { code: '57014' })
      most = Math.max(most, buffers)
      return run(from, statement, values)
    }
    return claim({ ...options(), run: cancelling }, randomUUID())
  }, new AbortController().signal)
  await expect(sets.next(CLAIMED)).rejects.toMatchObject({ code: '57014' })
  let found = 0
  for (let claims = 0; claims < 20 && found < 250; claims++) found += (await sets.next(CLAIMED)).length
  expect(found).toBe(250)
  await fill(200_001, 200_001)
  expect(await sets.next(CLAIMED)).toHaveLength(1)
  expect(most).toBeLessThanOrEqual(BUFFERS_MAX)
})

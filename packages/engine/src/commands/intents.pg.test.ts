import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import type { FreshDatabase } from '../../../../scripts/testing/fresh-database.ts'
import { engineDatabase } from '../../test-support/engine-database.ts'
import { type Engine, startEngine } from '../../test-support/start-engine.ts'
import { until } from '../../test-support/until.ts'
import { command, createApp, effect, enqueue, module, SINGLE_TENANT, uuidv7 } from '../index.ts'

/**
 * The intent of a call and a rescue of its claim, a statement at a time: a daemon that is thought lost and lives. Either the
 * rescue has the claim and nothing is called, or the call is made and the rescue leaves the claim alone.
 */
const LATCH = 4711
const role = `rescuer_${randomUUID().slice(0, 8)}`
let database: FreshDatabase
let [a, b, c]: pg.Client[] = []
beforeAll(async () => {
  database = await engineDatabase()
  ;[a, b, c] = [0, 1, 2].map(() => new pg.Client(database.url))
  await Promise.all([a, b, c].map((client) => client?.connect()))
  // Who rescues may see a claim only when the latch is open: so it can be stopped behind its snapshot, before it locks.
  await c?.query(`
    create role ${role};
    grant usage on schema cascata, public to ${role};
    grant select, insert, update, delete on all tables in schema cascata to ${role};
    grant execute on all functions in schema cascata to ${role};
    create function latch() returns boolean language plpgsql as $$ begin
      perform pg_advisory_xact_lock_shared(${LATCH}); return true; end $$;
    alter table cascata.command_queue enable row level security;
    create policy latched on cascata.command_queue to ${role} using (public.latch()) with check (true)`)
})
afterAll(async () => {
  await c?.query(`drop policy latched on cascata.command_queue; drop owned by ${role}; drop role ${role}`)
  await Promise.all([a, b, c].map((client) => client?.end()))
  await database.drop()
})
// A test that fails in the middle leaves the others their sessions.
afterEach(async () => {
  await Promise.all([a, b, c].map((client) => client?.query('rollback')))
  await c?.query('select pg_advisory_unlock_all()')
})

let claims: { id: string; token: string }[]
const daemon = uuidv7()
beforeEach(async () => {
  claims = Array.from({ length: 3 }, () => ({ id: uuidv7(), token: randomUUID() }))
  await c?.query('truncate cascata.command_queue, cascata.effects')
  for (const { id, token } of claims) {
    await c?.query(
      `with fact as (insert into cascata.commands (tenant, id, type, data, lane, priority, root_id, origin)
         values ($1, $2, 'pay', '{}', 1, 0, $2, 'direct'))
       insert into cascata.command_queue (tenant, id, type, root_id, lane, priority, state, claim_no, token, claimed_by)
       values ($1, $2, 'pay', $2, 1, 0, 'processing', 1, $3, $4)`,
      [SINGLE_TENANT, id, token, daemon],
    )
  }
})

async function intend(on: pg.Client | undefined, own = claims, timeoutMs = 60_000): Promise<string[]> {
  const { rows } = await (on as pg.Client).query<{ id: string }>(
    `select id from cascata.intend_effects($1, $2, $3, $4, $5, $6)`,
    [
      SINGLE_TENANT,
      own.map(({ id }) => id),
      own.map(({ token }) => token),
      own.map(() => randomUUID()),
      own.map(() => timeoutMs),
      own.map(() => 'hold'),
    ],
  )
  return rows.map(({ id }) => id)
}
async function rescue(on: pg.Client | undefined): Promise<number> {
  const { rows } = await (on as pg.Client).query('select cascata.rescue_commands($1, null, 100) as n', [daemon])
  return rows[0].n as number
}
const states = async () =>
  (await (c as pg.Client).query('select state from cascata.command_queue order by id')).rows.map((row) => row.state)
const waits = (client: pg.Client | undefined) =>
  until(async () => {
    const { rows } = await (c as pg.Client).query('select wait_event_type from pg_stat_activity where pid = $1', [
      (client as unknown as { processID: number }).processID,
    ])
    return rows[0]?.wait_event_type === 'Lock'
  }, 'the session waits for a lock')

test('while an intent is not committed yet, a rescue leaves its claim alone; afterwards it waits for the call', async () => {
  await a?.query('begin')
  expect(await intend(a)).toHaveLength(3)
  expect(await rescue(b)).toBe(0)
  await a?.query('commit')
  expect(await rescue(b)).toBe(0)
  expect(await states()).toEqual(Array(3).fill('processing'))
})

test('an intent that comes while a rescue is not committed yet waits for it, and nothing is called', async () => {
  await b?.query('begin')
  expect(await rescue(b)).toBe(3)
  const intended = intend(a)
  await waits(a)
  await b?.query('commit')
  expect(await intended).toEqual([])
  expect(await states()).toEqual(Array(3).fill('pending'))
  expect((await c?.query('select 1 from cascata.effects'))?.rows).toEqual([])
})

test('a rescue that was undone leaves the claims to the intent that waited for it', async () => {
  await b?.query('begin')
  expect(await rescue(b)).toBe(3)
  const intended = intend(a)
  await waits(a)
  await b?.query('rollback')
  expect(await intended).toHaveLength(3)
})

test('an intent that is committed between the snapshot of a rescue and its lock is seen by the rescue', async () => {
  await c?.query(`select pg_advisory_lock(${LATCH})`)
  await b?.query(`set role ${role}`)
  const rescued = rescue(b)
  await waits(b)
  expect(await intend(a, claims.slice(1))).toHaveLength(2)
  await c?.query(`select pg_advisory_unlock(${LATCH})`)
  expect(await rescued).toBe(1)
  await b?.query('reset role')
  expect(await states()).toEqual(['pending', 'processing', 'processing'])
})

test('a call whose own timeout is over is unknown to a rescue, and held', async () => {
  await intend(a, claims.slice(0, 1), -1)
  expect(await rescue(b)).toBe(3)
  expect(await states()).toEqual(['unknown', 'pending', 'pending'])
  expect((await c?.query('select state from cascata.effects'))?.rows).toEqual([{ state: 'unknown' }])
})

test('two groups of intents over the same claims in opposite orders wait for each other, and do not deadlock', async () => {
  const d = new pg.Client(database.url)
  await d.connect()
  await d.query('begin')
  await d.query('select 1 from cascata.command_queue where id = $1 for update', [claims[1]?.id])
  await a?.query('begin')
  const first = intend(a, claims)
  await waits(a)
  const second = intend(b, [...claims].reverse())
  await waits(b)
  await d.end() // each of the two has what it locks first
  expect(await first).toHaveLength(3)
  await a?.query('rollback')
  expect(await second).toHaveLength(3)
})

test('an intent waits for the disk though the session does not: what a crash of the server forgets would be called again', async () => {
  await a?.query('begin; set local synchronous_commit = off')
  await intend(a)
  expect((await a?.query('show synchronous_commit'))?.rows).toEqual([{ synchronous_commit: 'on' }])
  await a?.query('rollback; begin; set local synchronous_commit = local')
  await intend(a)
  expect((await a?.query('show synchronous_commit'))?.rows).toEqual([{ synchronous_commit: 'local' }])
})

const Send = command('send', z.object({}), { timeout: '5s' })
let calls = 0
let t: Engine | undefined
afterEach(async () => {
  await t?.stop()
  t = undefined
})

test('while intents cannot be stored nothing is called, and no command comes back at once again and again', async () => {
  t = await startEngine(createApp([module('m', [effect(Send, () => void calls++)])]), { time: 'real' })
  await t.pool.query(`create function refuse() returns trigger language plpgsql as $$ begin
    raise exception 'full' using errcode = '53100'; end $$;
    create trigger refusing before insert on cascata.effects for each row execute function refuse()`)
  await t.transaction((tx) => enqueue(tx, Send({})))
  await until(
    async () => ((await t?.rows('select 1 from cascata.attempts')) ?? []).length >= 2,
    'it was given back twice',
  )
  expect(calls).toBe(0)
  const attempts = await t.rows(
    `select outcome, next_at - ended_at >= interval '400 milliseconds' as waits from cascata.attempts`,
  )
  for (const attempt of attempts) expect(attempt).toEqual({ outcome: 'released', waits: true })
  await t.pool.query('drop trigger refusing on cascata.effects')
  await until(
    async () => (await t?.rows(`select 1 from cascata.attempts where outcome = 'success'`))?.length === 1,
    'it is called',
  )
  expect(calls).toBe(1)
}, 60_000)

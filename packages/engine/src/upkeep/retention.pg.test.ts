import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { engineDatabase } from '../../test-support/engine-database.ts'
import { until } from '../../test-support/until.ts'
import { correctClock } from '../definitions/uuid.ts'
import { uuidv7 } from '../index.ts'
import { runner } from '../postgres/pools.ts'
import { applyRetention } from './retention.ts'

/** Three months of history, a command an hour, made where the facts' ids put it. */
const FILL = `
  with h as (
    select t, i, ('00000000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid as tail
    from generate_series(now() - interval '91 days', now() - interval '1 hour', interval '1 hour') with ordinality as g(t, i)
  ), c as (
    select (left(cascata.uuid_floor(t)::text, 14) || substr(tail::text, 15))::uuid as id, t from h
  ), facts as (
    insert into cascata.commands (tenant, id, type, data, created_at, lane, priority, root_id, origin)
    select $1::uuid, id, 'old.thing', '{}', t, 1, 0, id, 'direct' from c
  )
  insert into cascata.attempts (tenant, command_id, claim_no, type, outcome, final, started_at, ended_at, ms, daemon_id)
  select $1::uuid, id, 1, 'old.thing', 'success', true, t, t, 1, $1::uuid from c`

const TENANT = '00000000-0000-0000-0000-000000000000'
let pool: pg.Pool
let drop: () => Promise<void>

beforeEach(async () => {
  const database = await engineDatabase()
  drop = database.drop
  pool = new pg.Pool({ connectionString: database.url })
  pool.on('error', () => {})
  await pool.query(`select cascata.create_partitions(now() - interval '98 days', now())`)
  await pool.query(FILL, [TENANT])
})
afterEach(async () => {
  await pool.end()
  await drop()
})

const count = async (sql: string): Promise<number> =>
  Number((await pool.query<{ n: string }>(`select count(*) as n from ${sql}`)).rows[0]?.n)
const retain = (keep: `${number}d`) => applyRetention({ control: pool, run: runner(true) }, { keep })
/** An id whose time is so many days ago, as the facts have it. */
const oldest = async (): Promise<string> =>
  (await pool.query<{ id: string }>('select id from cascata.commands order by id limit 1')).rows[0]?.id as string

test('weeks past their retention go whole, and nothing younger goes with them', async () => {
  const before = await count('cascata.commands')
  const { weeks } = await retain('30d')
  expect(weeks).toBeGreaterThanOrEqual(7)
  const after = await count('cascata.commands')
  expect(after).toBeLessThan(before / 2)
  expect(await count(`cascata.commands where created_at > now() - interval '30 days'`)).toBe(30 * 24 - 1)
  expect(await count('cascata.attempts')).toBe(after)
  expect(await retain('30d')).toEqual({ weeks: 0, commands: 0 })
})

test('what was recovered is forgotten with its week, and with its command where its type is kept for less', async () => {
  await pool.query(
    `insert into cascata.recoveries (tenant, command_id, type, by_id)
     select tenant, id, type, id from cascata.commands`,
  )
  const left = async () => [await count('cascata.recoveries'), await count('cascata.commands')] as const
  await retain('30d')
  const [recoveries, commands] = await left()
  expect(recoveries).toBe(commands)
  await applyRetention({ control: pool, run: runner(true) }, { commands: { 'old.thing': '10d' } })
  const [fewer, fewerCommands] = await left()
  expect(fewer).toBe(fewerCommands)
  expect(fewer).toBeLessThan(recoveries)
})

test('a week that pending work needs stays, and goes once the work is done', async () => {
  const id = await oldest()
  await pool.query(
    `insert into cascata.command_queue (tenant, id, type, root_id, lane, priority, state)
     values ($1, gen_random_uuid(), 'old.thing', $2, 1, 0, 'pending')`,
    [TENANT, id],
  )
  await retain('30d')
  expect(await oldest()).toBe(id)
  await pool.query('delete from cascata.command_queue')
  await retain('30d')
  expect(await oldest()).not.toBe(id)
})

test('a week stays for what was made of it while the drop waited for its lock', async () => {
  // As long as the test takes.
  await pool.query(`alter function cascata.drop_week(timestamptz, interval) set lock_timeout = '30s'`)
  const id = await oldest()
  // Busy: an autovacuum has the partition.
  const dropWeek = async (): Promise<string | undefined> => {
    const { rows } = await pool.query<{ what: string }>(
      `select cascata.drop_week(week, '30 days') as what from cascata.weeks() week
       where cascata.uuid_floor(week) <= $1 and cascata.uuid_floor(week + interval '7 days') > $1`,
      [id],
    )
    return rows[0]?.what === 'busy' ? dropWeek() : rows[0]?.what
  }
  const reader = await pool.connect()
  await reader.query('begin')
  await reader.query('select 1 from cascata.commands where id = $1', [id])
  await reader.query(
    `insert into cascata.command_queue (tenant, id, type, root_id, original_id, lane, priority, state)
     values ($1, $2, 'old.thing', $3, $3, 1, 0, 'pending')`,
    [TENANT, uuidv7(), id],
  )
  for (const _ of ['events', 'event_handlings']) expect(await dropWeek()).toBe('dropped')
  const next = dropWeek()
  await until(
    async () => (await count(`pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`)) === 1,
    'it waits for who has read the commands',
  )
  await reader.query('commit')
  reader.release()
  expect(await next).toBe('kept')
  expect(await count('cascata.commands')).toBeGreaterThan(0)
})

test('a week with an open batch stays; a failed batch gives its next command up with its week', async () => {
  // The first two of a whole week: the oldest of all may be the last of theirs.
  const { rows } = await pool.query<{ id: string }>(
    `select id from cascata.commands where created_at >= date_trunc('week', now() - interval '80 days', 'UTC')
     order by id limit 2`,
  )
  const [id, next] = rows.map((row) => row.id) as [string, string]
  await pool.query(
    `insert into cascata.batches (tenant, id, type, root_id, origin, size, sealed, required_percent, next_command_id)
     values ($1, $2, 'old.batch', $2, 'direct', 1, true, 100, $3)`,
    [TENANT, id, next],
  )
  await pool.query(`update cascata.commands set origin = 'batch', origin_id = $2 where id = $1`, [next, id])
  await pool.query(
    `insert into cascata.command_queue (tenant, id, type, root_id, lane, priority, state)
     values ($1, $2, 'old.thing', $3, 1, 0, 'awaiting')`,
    [TENANT, next, id],
  )
  await retain('30d')
  expect(await oldest()).toBe(id)
  await pool.query(`update cascata.batches set state = 'error', settled_at = now() - interval '80 days'`)
  expect((await retain('30d')).weeks).toBe(1)
  expect(await oldest()).not.toBe(id)
  expect(await count('cascata.batches')).toBe(0)
  expect(await count('cascata.command_queue')).toBe(0)
})

test('a shorter retention of one type deletes what has ended, and no more', async () => {
  const before = await count('cascata.commands')
  const id = await oldest()
  await pool.query(
    `insert into cascata.command_queue (tenant, id, type, root_id, lane, priority, state)
     values ($1, $2, 'old.thing', $2, 1, 0, 'pending')`,
    [TENANT, id],
  )
  const options = { commands: { 'old.thing': '60d', 'other.thing': '1d' } } as const
  const { commands } = await applyRetention({ control: pool, run: runner(true) }, options)
  expect(commands).toBeGreaterThan(600)
  expect(await count('cascata.commands')).toBe(before - commands)
  expect(await oldest()).toBe(id)
})

test('a machine whose clock is a year ahead deletes nothing that is younger', async () => {
  const before = await count('cascata.commands')
  correctClock(365 * 86_400_000)
  try {
    const options = { commands: { 'old.thing': '60d' } } as const
    const { commands } = await applyRetention({ control: pool, run: runner(true) }, options)
    expect(commands).toBeGreaterThan(600)
    expect(commands).toBeLessThan(before / 2)
  } finally {
    correctClock(0)
  }
})

test('an unknown length of time is refused before anything goes', async () => {
  const before = await count('cascata.commands')
  await expect(retain('-1d')).rejects.toMatchObject({ code: 'bad-option' })
  expect(await count('cascata.commands')).toBe(before)
})

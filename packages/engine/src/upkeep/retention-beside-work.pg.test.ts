import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { engineDatabase } from '../../test-support/engine-database.ts'
import { ledgerApp } from '../../test-support/ledger-app.ts'
import { until } from '../../test-support/until.ts'
import { createDaemon } from '../index.ts'
import { type RunStatement, runner } from '../postgres/pools.ts'
import { applyRetention } from './retention.ts'

const TENANT = '00000000-0000-0000-0000-000000000000'
const FACTS = ['events', 'event_handlings', 'commands', 'attempts']

let pool: pg.Pool
let url: string
let drop: () => Promise<void>
const clients: pg.Client[] = []

beforeEach(async () => {
  const database = await engineDatabase()
  ;({ drop, url } = database)
  pool = new pg.Pool({ connectionString: url })
  pool.on('error', () => {})
  await pool.query(`select cascata.create_partitions(now() - interval '98 days', now())`)
})
afterEach(async () => {
  for (const client of clients.splice(0)) await client.end()
  await pool.end()
  await drop()
})

async function connected(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, options: '-c statement_timeout=10s' })
  await client.connect()
  clients.push(client)
  return client
}

const count = async (sql: string): Promise<number> =>
  Number((await pool.query<{ n: string }>(`select count(*) as n from ${sql}`)).rows[0]?.n)
const keepThirtyDays = () => applyRetention({ control: pool, run: runner(true) }, { keep: '30d' })
const dropWeek = async (week: Date) =>
  (await pool.query<{ what: string }>(`select cascata.drop_week($1, '30 days') as what`, [week])).rows[0]?.what
const oldestWeek = async () =>
  (await pool.query<{ week: Date }>(`select week from cascata.retention_report('30 days') limit 1`)).rows[0]
    ?.week as Date

/** Ids an hour apart, from so many days ago until now. */
const IDS = (days: number, n: number) => `
  select (left(cascata.uuid_floor(t)::text, 14) || '7' || substr(md5(i::text), 1, 3) || '-8' || substr(md5(i::text), 4, 3) || '-'
    || substr(md5(i::text), 8, 12))::uuid as id, t
  from generate_series(1, ${n}) i cross join lateral (select now() - interval '${days} days' + i * interval '${days} days' / ${n} as t) x`
const EFFECTS = `
  insert into cascata.effects (tenant, command_id, claim_no, key, type, state, deadline_at, ended_at, on_unknown)
  select $1::uuid, id, 1, id, 'mail', 'accepted', t, t, 'retry' from (${IDS(91, 40_000)}) x`

test('a reader in the middle of its transaction gets what it asks for next, and the week is left for later', async () => {
  const week = await oldestWeek()
  const reader = await connected()
  await reader.query('begin')
  await reader.query('select count(*) from cascata.attempts')
  expect(await dropWeek(week)).toBe('dropped')
  expect(await dropWeek(week)).toBe('dropped')
  expect(await dropWeek(week)).toBe('dropped')
  expect(await dropWeek(week)).toBe('busy')
  // It asks while the next try waits for what it holds itself: who held while waiting would now deadlock with it.
  const next = dropWeek(week)
  for (const fact of FACTS) await reader.query(`select count(*) from cascata.${fact}`)
  expect(await next).toBe('busy')
  await reader.query('commit')
  expect(await dropWeek(week)).toBe('dropped')
  expect(await dropWeek(week)).toBe('gone')
})

test('readers and writers of everything, in any order, get no error from weeks that go beside them', async () => {
  const errors: unknown[] = []
  let over = false
  const work = async (order: readonly string[]) => {
    const client = await connected()
    while (!over) {
      await client.query('begin')
      for (const fact of order) await client.query(`select count(*) from cascata.${fact}`).catch((e) => errors.push(e))
      await client.query('commit')
    }
  }
  const workers = [work(FACTS), work(FACTS.toReversed()), work(FACTS)]
  for (let weeks = 0; weeks < 4; ) weeks += (await keepThirtyDays()).weeks
  over = true
  await Promise.all(workers)
  expect(errors).toEqual([])
})

test('beside a backup that reads everything the rows go piece by piece, and the weeks when it has ended', async () => {
  await pool.query(EFFECTS, [TENANT])
  await pool.query(
    `insert into cascata.batches (tenant, id, type, root_id, origin, size, sealed, required_percent, state, settled_at)
     select $1::uuid, id, 'b', id, 'direct', 1, true, 100, 'success', t from (${IDS(91, 100)}) x`,
    [TENANT],
  )
  const backup = await connected()
  await backup.query('begin')
  for (const fact of FACTS) await backup.query(`lock table cascata.${fact} in access share mode`)
  const weeks = await count(`cascata.retention_report(null)`)
  expect(await keepThirtyDays()).toEqual({ weeks: 0, commands: 0 })
  const old = `command_id < cascata.uuid_floor(date_trunc('week', now() - interval '30 days', 'UTC'))`
  expect(await count(`cascata.effects where ${old}`)).toBe(0)
  expect(await count('cascata.effects')).toBeGreaterThan(10_000)
  expect(await count('cascata.batches')).toBeLessThan(50)
  expect(await count(`cascata.retention_report(null)`)).toBe(weeks)
  await backup.query('commit')
  expect((await keepThirtyDays()).weeks).toBeGreaterThanOrEqual(7)
})

test('rows of old weeks are deleted without a lock on the facts: a save in between is not kept waiting', async () => {
  await pool.query(EFFECTS, [TENANT])
  const row = await connected()
  await row.query('begin')
  // Deleting waits for this row; what it holds meanwhile is seen here.
  await row.query('select 1 from cascata.effects order by ctid limit 1 for update')
  let pieces = 0
  const run: RunStatement = (on, what, values) => {
    if (what.name.endsWith('delete_old') && values[0] === 'effects') pieces++
    return runner(true)(on, what, values)
  }
  const retention = applyRetention({ control: pool, run }, { keep: '30d' })
  const waits = `pg_stat_activity where wait_event_type = 'Lock' and query like '%delete_old%' and datname = current_database()`
  await until(async () => (await count(waits)) === 1, 'the retention waits for the row')
  const modes = `pg_locks l join pg_class c on c.oid = l.relation and c.relname = any(array['events', 'commands', 'attempts', 'event_handlings'])
    where mode in ('AccessExclusiveLock', 'ExclusiveLock')
    and l.database = (select oid from pg_database where datname = current_database())`
  expect(await count(modes)).toBe(0)
  await row.query('commit')
  expect((await retention).weeks).toBeGreaterThanOrEqual(7)
  expect(pieces).toBeGreaterThan(1)
})

test('what was done by hand goes with the week of what it was done to, in pieces, and no younger', async () => {
  const week = await oldestWeek()
  await pool.query(
    `insert into cascata.audit (tenant, id, author, action, target_id, reason)
     select $1::uuid, x.id, 'ana', 'reprocess', x.id, 'again' from (${IDS(91, 91 * 100)}) x`,
    [TENANT],
  )
  await pool.query(
    `insert into cascata.audit (tenant, id, author, action, target_id, reason)
     select $1::uuid, gen_random_uuid(), 'ana', 'reprocess', cascata.uuid_floor($2), 'again' from generate_series(1, 6000)`,
    [TENANT, week],
  )
  for (let left = await count('cascata.audit'); ; ) {
    expect(await dropWeek(week)).toBe('dropped')
    const now = await count('cascata.audit')
    if (now === left) break
    expect(left - now).toBeLessThanOrEqual(5_000)
    left = now
  }
  await keepThirtyDays()
  const young = await count(`cascata.audit where target_id >= cascata.uuid_floor(now() - interval '30 days')`)
  expect(young).toBeGreaterThan(2_900)
  expect(
    await count(`cascata.audit where target_id < cascata.uuid_floor(date_trunc('week', now() - interval '37 days'))`),
  ).toBe(0)
})

test('two that let history go at the same time do not stand in each other’s way', async () => {
  await pool.query(EFFECTS, [TENANT])
  const other = await connected()
  await other.query('begin')
  await other.query(`select pg_advisory_xact_lock(hashtextextended('cascata.retention', 0))`) // who is at it
  expect(await keepThirtyDays()).toEqual({ weeks: 0, commands: 0 })
  await other.query('commit')
  const both = await Promise.all([keepThirtyDays(), keepThirtyDays()])
  const weeks = both.map((each) => each.weeks).reduce((a, b) => a + b) + (await keepThirtyDays()).weeks
  expect(weeks).toBeGreaterThanOrEqual(7)
  expect(await count(`cascata.retention_report('30 days') where past_retention`)).toBe(0)
})

test('a type with a shorter retention is caught up with, however many are due, and rescue does not wait for it', async () => {
  await pool.query(
    `with c as materialized (${IDS(28, 24_000)}), facts as (
       insert into cascata.commands (tenant, id, type, data, created_at, lane, priority, root_id, origin)
       select $1::uuid, id, 'old.thing', '{}', t, 1, 0, id, 'direct' from c
     )
     insert into cascata.attempts (tenant, command_id, claim_no, type, outcome, final, ms, daemon_id)
     select $1::uuid, id, 1, 'old.thing', 'success', true, 1, $1::uuid from c`,
    [TENANT],
  )
  const daemon = createDaemon({
    app: ledgerApp(),
    database: { control: url },
    retention: { commands: { 'old.thing': '14d' } },
    onError: (error) => {
      throw error
    },
  })
  await daemon.start()
  await until(async () => (await count('cascata.commands')) <= 12_000, 'all that were due are gone', 30_000)
  await daemon.stop()
  expect(await count('cascata.commands')).toBeGreaterThan(11_900)
  expect(await count('cascata.attempts')).toBe(await count('cascata.commands'))
})

test('counts by the hour go with the history, totals stay', async () => {
  await pool.query(
    `insert into cascata.tallies (tenant, kind, type, status, hour, n)
     select $1::uuid, k, 't', 'created', date_trunc('hour', now(), 'UTC') - h * interval '1 hour', 1
     from generate_series(1, 24 * 90) h cross join unnest(array['event', 'command', 'batch']) k`,
    [TENANT],
  )
  await pool.query(`insert into cascata.totals values ($1, 'event', 't', 'created', 2160)`, [TENANT])
  await keepThirtyDays()
  expect(await count('cascata.tallies')).toBe(3 * 24 * 30)
  expect(await count('cascata.totals')).toBe(1)
})

test('the report counts what needs each week as counting one by one does', async () => {
  await pool.query(
    `insert into cascata.command_queue (tenant, id, type, root_id, event_id, original_id, lane, priority, state)
     select $1::uuid, gen_random_uuid(), 't', r.id, case when i % 3 = 0 then e.id end, case when i % 5 = 0 then r.id end, 1, 0, 'pending'
     from generate_series(1, 500) i
     join (select row_number() over (order by id) as n, id from (${IDS(91, 500)}) x) r on r.n = i
     join (select row_number() over (order by id desc) as n, id from (${IDS(91, 500)}) x) e on e.n = i`,
    [TENANT],
  )
  const { rows } = await pool.query<{ n: string; expected: string; past_retention: boolean; droppable: boolean }>(
    `select open_commands as n, past_retention, droppable, (
       select count(*) from cascata.command_queue q, lateral (select cascata.uuid_floor(week) as low, cascata.uuid_floor(until) as high) w
       where q.id >= low and q.id < high or q.root_id >= low and q.root_id < high
         or q.event_id >= low and q.event_id < high or q.original_id >= low and q.original_id < high) as expected
     from cascata.retention_report('30 days')`,
  )
  expect(rows.map(({ n }) => n)).toEqual(rows.map(({ expected }) => expected))
  expect(rows.filter(({ n }) => Number(n) > 0).length).toBeGreaterThan(10)
  for (const week of rows) expect(week.droppable).toBe(week.past_retention && week.n === '0')
})

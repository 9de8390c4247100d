import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ledgerApp, PlanRequested, Thing } from '../../test-support/ledger-app.ts'
import { type Engine, startEngine } from '../../test-support/start-engine.ts'
import { until } from '../../test-support/until.ts'
import { createDaemon, migrate, save } from '../index.ts'

let t: Engine
const clients: pg.Client[] = []
beforeEach(async () => {
  t = await startEngine(ledgerApp())
})
afterEach(async () => {
  for (const client of clients.splice(0)) await client.end()
  await t.stop()
})

/** One that gives up instead of waiting: a wait is what these tests are about. */
async function connected(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: t.url, options: '-c statement_timeout=10s' })
  client.on('error', () => {})
  await client.connect()
  clients.push(client)
  return client
}

const FACTS = ['events', 'commands', 'attempts', 'event_handlings']
const TWO_WEEKS_MORE = `select cascata.create_partitions(now(), now() + interval '42 days') as n`
const FAR = `select 1 from pg_inherits where inhparent = 'cascata.events'::regclass
  and inhrelid::regclass::text like '%' || to_char(date_trunc('week', now() + interval '42 days', 'UTC') at time zone 'UTC', 'YYYYMMDD')`

test('weeks are made beside a backup that reads everything and beside writers, and nobody waits', async () => {
  const backup = await connected()
  await backup.query('begin isolation level repeatable read')
  for (const fact of FACTS) await backup.query(`lock table cascata.${fact} in access share mode`)
  const writer = await connected()
  await writer.query('begin')
  await save(writer, new Thing([PlanRequested({ id: 'open', members: 1 })]))

  const makers = [await connected(), await connected(), await connected()]
  const made = await Promise.all(makers.map((maker) => maker.query<{ n: number }>(TWO_WEEKS_MORE)))
  expect(made.map(({ rows }) => rows[0]?.n).sort()).toEqual([0, 0, 8])

  await t.transaction((tx) => save(tx, new Thing([PlanRequested({ id: 'meanwhile', members: 3 })])))
  await until(async () => (await t.ledger('close')).includes('meanwhile'), 'claims go on')
  await writer.query('commit')
  await backup.query('commit')
  await until(async () => (await t.ledger('close')).includes('open'), 'the writer was not disturbed')
  expect(t.errors).toEqual([])
})

test('several makers take turns, however long one of them takes', async () => {
  const slow = await connected()
  await slow.query('begin')
  await slow.query(`select pg_advisory_xact_lock(hashtextextended('cascata.create_partitions', 0))`)
  const maker = await connected()
  const made = maker.query<{ n: number }>(TWO_WEEKS_MORE)
  const waits = until(
    async () =>
      (
        await t.rows(
          `select 1 from pg_stat_activity where wait_event = 'advisory' and datname = current_database()
           and clock_timestamp() - query_start > interval '1 s'`,
        )
      ).length > 0,
    'the maker waits for longer than it would for a table',
  )
  await Promise.race([waits, made])
  await slow.query('commit')
  expect((await made).rows).toEqual([{ n: 8 }])
})

test('a week that is being made makes no reader and no writer wait, and they do not deadlock with it', async () => {
  const maker = await connected()
  await maker.query('begin')
  await maker.query(TWO_WEEKS_MORE)
  // In an order of its own: first a command's table, then an event's.
  const reader = await connected()
  for (const fact of FACTS.toReversed()) await reader.query(`select count(*) from cascata.${fact}`)
  await t.transaction((tx) => save(tx, new Thing([PlanRequested({ id: 'meanwhile', members: 3 })])))
  await until(async () => (await t.ledger('close')).includes('meanwhile'), 'claims go on')
  await maker.query('commit')
  expect((await maker.query(FAR)).rowCount).toBe(1)
})

test('an attached week has the checks and indexes of the table, made in the same order', async () => {
  await t.pool.query(TWO_WEEKS_MORE)
  // Of indexes that cost the same the planner takes the youngest: so their order is a part of the schema.
  const shape = (relation: string) => `
    (select coalesce(string_agg(pg_get_constraintdef(oid), ' ' order by pg_get_constraintdef(oid)), '') from pg_constraint
     where conrelid = ${relation} and contype in ('c', 'p'))
    || (select string_agg(regexp_replace(pg_get_indexdef(indexrelid), '^.*using', '', 'i'), ' ' order by indexrelid)
        from pg_index where indrelid = ${relation})`
  const weeks = await t.rows<{ same: boolean }>(
    `select ${shape('inhparent')} = ${shape('inhrelid')} as same from pg_inherits join pg_class c on c.oid = inhparent
     where c.relkind = 'p' and c.relnamespace = 'cascata'::regnamespace`,
  )
  expect(weeks.length).toBeGreaterThanOrEqual(7 * FACTS.length)
  expect(weeks.filter(({ same }) => !same)).toEqual([])
})

test('what holds the whole table is waited for briefly: writers go on, and the next try makes the week', async () => {
  const ddl = await connected()
  await ddl.query('begin')
  await ddl.query('lock table cascata.commands in share update exclusive mode')
  const maker = await connected()
  await expect(maker.query(TWO_WEEKS_MORE)).rejects.toMatchObject({ code: '55P03' })
  await t.transaction((tx) => save(tx, new Thing([PlanRequested({ id: 'meanwhile', members: 3 })])))
  await until(async () => (await t.ledger('close')).includes('meanwhile'), 'claims go on')
  await ddl.query('commit')
  expect((await maker.query<{ n: number }>(TWO_WEEKS_MORE)).rows[0]?.n).toBe(8)
})

test('a week that cannot be made is reported, and the other steps of upkeep are taken all the same', async () => {
  await t.daemon.stop()
  await t.pool.query(`drop table cascata.commands_${await lastWeek()}`)
  await t.pool.query(
    `insert into cascata.daemons (id, lock_key, host, pid, version, state, heartbeat_at, lease_ms, event_types, command_types)
     values (gen_random_uuid(), 1, 'gone', 1, '0', 'stopped', now() - interval '30 days', 1000, '{}', '{}')`,
  )
  const ddl = await connected()
  await ddl.query('begin')
  await ddl.query('lock table cascata.commands in share update exclusive mode')
  const errors: unknown[] = []
  const second = createDaemon({
    app: ledgerApp(),
    database: { control: t.url },
    onError: (error) => errors.push(error),
  })
  await second.start()
  await until(async () => (await t.rows(`select 1 from cascata.daemons where host = 'gone'`)).length === 0, 'forgotten')
  expect(errors).toMatchObject([{ code: 'blocked' }])
  await ddl.query('rollback')
  await second.stop()
})

test('migrate makes missing weeks beside a backup', async () => {
  const week = await lastWeek()
  await t.daemon.stop()
  for (const fact of FACTS) await t.pool.query(`drop table cascata.${fact}_${week}`)
  const backup = await connected()
  await backup.query('begin')
  for (const fact of FACTS) await backup.query(`lock table cascata.${fact} in access share mode`)
  await migrate({ url: t.url })
  expect(await lastWeek()).toBe(week)
})

async function lastWeek(): Promise<string> {
  const [row] = await t.rows<{ week: string }>(
    `select max(right(inhrelid::regclass::text, 8)) as week from pg_inherits where inhparent = 'cascata.events'::regclass`,
  )
  return row?.week as string
}

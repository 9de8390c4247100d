import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { type FreshDatabase, freshDatabase } from '../../../../scripts/testing/fresh-database.ts'
import { until } from '../../test-support/until.ts'
import { command, createApp, createDaemon, handle, module } from '../index.ts'
import { MIGRATIONS, migrate } from './migrate.ts'
import { patiently } from './patience.ts'
import { runMigrations } from './run-migrations.ts'
import type { Tx } from './tx.ts'
import { asTx } from './tx.ts'

let database: FreshDatabase
let client: pg.Client
beforeEach(async () => {
  database = await freshDatabase()
  client = new pg.Client(database.url)
  await client.connect()
})
afterEach(async () => {
  await client.end()
  await database.drop()
})

/** A folder with the migrations, and the means to spoil it. */
async function copyOfMigrations(): Promise<{ folder: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'migrations-'))
  await cp(MIGRATIONS, folder, { recursive: true })
  return { folder, remove: () => rm(folder, { recursive: true }) }
}

const run = (directory: string) => runMigrations({ connection: asTx(client), directory, table: 'cascata.migrations' })

test('twenty processes at once on an empty database: each migration runs once, and all find the schema ready', async () => {
  const ran = await Promise.all(Array.from({ length: 20 }, () => migrate({ url: database.url })))
  const names = ran.flat()
  expect(names.length).toBeGreaterThan(5)
  expect(new Set(names).size).toBe(names.length)
  const { rows } = await client.query('select count(*)::integer as n from cascata.migrations')
  expect(rows[0].n).toBe(names.length)
  expect(await migrate({ url: database.url })).toEqual([])
})

test('a migration that ran and was edited since is refused', async () => {
  const { folder, remove } = await copyOfMigrations()
  await run(folder)
  await writeFile(join(folder, '0003-doorbell.sql'), '-- quieter')
  await expect(run(folder)).rejects.toMatchObject({ code: 'migration-changed' })
  await remove()
})

test('a database that has run more than this version knows is refused, by migrate and by a daemon', async () => {
  await migrate({ url: database.url })
  await client.query(`insert into cascata.migrations (name, checksum) values ('9999-from-the-future.sql', 'x')`)
  await expect(migrate({ url: database.url })).rejects.toMatchObject({ code: 'schema-ahead' })
  await expect(anyDaemon(database.url).start()).rejects.toMatchObject({ code: 'schema-ahead' })
})

test('what a newer version says to be compatible, an older one runs beside: the application can be rolled back', async () => {
  const { folder, remove } = await copyOfMigrations()
  await writeFile(
    join(folder, '9000-newer.sql'),
    '-- Adds.\n-- compatible with older versions\ncreate table cascata.newer ();',
  )
  await run(folder)
  expect(await migrate({ url: database.url })).toEqual([])
  const older = anyDaemon(database.url)
  await older.start()
  await older.stop()
  await writeFile(join(folder, '9001-newest.sql'), 'create table cascata.newest ();')
  await run(folder)
  await expect(migrate({ url: database.url })).rejects.toMatchObject({ code: 'schema-ahead' })
  await expect(anyDaemon(database.url).start()).rejects.toThrow(/schema-ahead.*9001-newest/)
  await remove()
})

test.each(['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout'])(
  'who waits for the migrations of another process waits beyond the %s of the role',
  async (setting) => {
    await client.query(`select pg_advisory_lock(hashtextextended('cascata.migrations.cascata.migrations', 0))`)
    const url = new URL(database.url)
    url.searchParams.set('options', `-c ${setting}=300`)
    const waiting = migrate({ url: url.href })
    const waits = `select pg_sleep(1) is null as slept, (select count(*) from pg_locks where locktype = 'advisory' and not granted
      and database = (select oid from pg_database where datname = current_database())) as n`
    await until(async () => Number((await client.query(waits)).rows[0].n) === 1, 'it waits, longer than the timeout')
    await client.query('select pg_advisory_unlock_all()')
    expect((await waiting).length).toBeGreaterThan(5)
  },
)

test.each([
  ['serializable', `set default_transaction_isolation = 'serializable'`],
  ['read only', `set default_transaction_read_only = on`],
  ['other strings', `set standard_conforming_strings = off`],
  ['German dates', `set datestyle = 'German'`],
  ['names of its own in the way', `set search_path = shadows, pg_catalog`],
])('a database whose default is %s is migrated all the same, by several processes', async (_, sql) => {
  await client.query(
    `create schema shadows; create function shadows.now() returns timestamptz language sql as $$ select null::timestamptz $$`,
  )
  const { rows } = await client.query('select current_database() as name')
  await client.query(`alter database ${rows[0].name} ${sql}`)
  const ran = await Promise.all([1, 2, 3].map(() => migrate({ url: database.url })))
  expect(ran.flat().length).toBeGreaterThan(5)
  await client.query(`set default_transaction_read_only = off`)
  const weeks = await client.query(`select 1 from pg_inherits where inhparent = 'cascata.events'::regclass`)
  expect(weeks.rowCount).toBeGreaterThanOrEqual(5)
})

test('a database that is not encoded in UTF-8 is refused before anything is made', async () => {
  const name = `latin_${process.pid}_${Date.now()}`
  await client.query(`create database ${name} template template0 encoding 'LATIN1' locale 'C'`)
  const url = new URL(database.url)
  url.pathname = `/${name}`
  await expect(migrate({ url: url.href })).rejects.toThrow(/encoding-unsupported.*LATIN1/)
  await client.query(`drop database ${name} with (force)`)
})

test('a table that others hold is waited for without making anybody wait behind it', async () => {
  await migrate({ url: database.url })
  await client.query('begin')
  await client.query('lock table cascata.command_queue in row exclusive mode')
  const changing = migrate({ url: database.url, doorbell: 'poll' })
  const other = new pg.Client({ connectionString: database.url, options: '-c statement_timeout=10s' })
  await other.connect()
  const waits = `select 1 from pg_locks where locktype = 'relation' and not granted and relation = 'cascata.command_queue'::regclass
    and database = (select oid from pg_database where datname = current_database())`
  await until(async () => (await other.query(waits)).rowCount === 1, 'it waits')
  await other.query('delete from cascata.command_queue') // a writer, behind it
  await client.query('commit')
  await changing
  await other.end()
})

test('what is held longer than it is waited for is said with a code', async () => {
  await client.query('create table held ()')
  const holder = new pg.Client(database.url)
  await holder.connect()
  await holder.query('begin; lock table held')
  const work = patiently(asTx(client), 'It could not be read', () => client.query('select * from held'), 1)
  await expect(work).rejects.toThrow(/\[blocked\] It could not be read/)
  await holder.end()
  expect(await patiently(asTx(client), 'It could not be read', async () => 'again', 1)).toBe('again')
})

test('a daemon does not start on a schema that is missing or behind', async () => {
  await expect(anyDaemon(database.url).start()).rejects.toMatchObject({ code: 'schema-behind' })
  await migrate({ url: database.url })
  await client.query(`delete from cascata.migrations where name like '0009%'`)
  await expect(anyDaemon(database.url).start()).rejects.toMatchObject({ code: 'schema-behind' })
})

test('a migration that fails leaves nothing of itself, and the next start runs it', async () => {
  const { folder, remove } = await copyOfMigrations()
  const last = join(folder, '9000-half.sql')
  await writeFile(last, 'create table cascata.half (); select 1/0;')
  await expect(run(folder)).rejects.toMatchObject({ code: '22012' })
  expect((await client.query(`select to_regclass('cascata.half') as half`)).rows[0].half).toBeNull()
  await writeFile(last, 'create table cascata.half ()')
  expect(await run(folder)).toEqual(['9000-half.sql'])
  await remove()
})

test('a role without the right to create the schema is told so', async () => {
  const role = `poor_${process.pid}`
  await client.query(`create role ${role} login`)
  const url = new URL(database.url)
  url.username = role
  await expect(migrate({ url: url.href })).rejects.toMatchObject({ code: 'missing-right' })
  await client.query(`drop role ${role}`)
})

test('a server that does not answer is named, without the password', async () => {
  const url = 'postgres://somebody:secret@127.0.0.1:1/nowhere'
  const failed = await migrate({ url }).catch((error: unknown) => error)
  expect(failed).toMatchObject({ code: 'postgres-unreachable' })
  expect(String(failed)).toContain('127.0.0.1:1/nowhere')
  expect(String(failed)).not.toContain('secret')
  await expect(anyDaemon(url).start()).rejects.toMatchObject({ code: 'postgres-unreachable' })
})

test('a server older than 15 is refused before anything is made', async () => {
  const asked: string[] = []
  const old: Tx = {
    query: async (text) => {
      asked.push(text)
      return { rows: text.includes('server_version_num') ? [{ n: 140_012 }] : [], rowCount: 0 } as never
    },
  }
  const options = { connection: old, directory: MIGRATIONS, table: 'cascata.migrations' }
  await expect(runMigrations(options)).rejects.toMatchObject({ code: 'postgres-too-old' })
  expect(asked.filter((text) => /create|insert/.test(text))).toEqual([])
})

test('the triggers ring in trigger mode only, and migrate changes the mode of a database that has another', async () => {
  const states = async () => {
    const { rows } = await client.query(
      `select distinct tgenabled as state from pg_trigger where tgname like '%_doorbell' and not tgisinternal`,
    )
    return rows.map(({ state }) => state)
  }
  await migrate({ url: database.url })
  expect(await states()).toEqual(['O'])
  await migrate({ url: database.url, doorbell: 'after-commit' })
  expect(await states()).toEqual(['D'])
  await migrate({ url: database.url })
  expect(await states()).toEqual(['O'])
})

function anyDaemon(url: string) {
  const Any = command('any', z.object({}))
  return createDaemon({
    app: createApp([module('any', [handle(Any, () => {})])]),
    database: { control: url },
    onError: () => {},
  })
}

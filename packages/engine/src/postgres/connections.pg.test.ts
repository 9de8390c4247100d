import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { engineDatabase } from '../../test-support/engine-database.ts'
import { until } from '../../test-support/until.ts'
import {
  command,
  createApp,
  createDaemon,
  type DatabaseConnection,
  enqueue,
  event,
  handle,
  migrate,
  module,
  on,
} from '../index.ts'
import { startHarness } from '../testing/index.ts'
import { connectorOf } from './connection.ts'
import { CONTROL_SETTINGS, createPool } from './pools.ts'

const Work = command('work', z.object({}))
let isolation: unknown
const app = createApp([
  module('m', [
    handle(Work, async (_, { tx }) => {
      isolation = (await tx.query('show transaction_isolation')).rows[0]
    }),
    on(event('happened', z.object({})), 'hear', () => {}),
  ]),
])

let url: string
let admin: pg.Pool
let drop: () => Promise<void>
beforeEach(async () => {
  const database = await engineDatabase()
  url = database.url
  drop = database.drop
  admin = new pg.Pool({ connectionString: url, max: 2 })
})
afterEach(async () => {
  await admin.end()
  await drop()
})

const name = () => new URL(url).pathname.slice(1)
const rejection = async (what: Promise<unknown>) =>
  (await what.then(
    () => undefined,
    (error) => error,
  )) as Error & { code?: string; fix?: string; cause?: Error & { input?: string } }

/** The daemon starts with this connection and does one command. */
async function works(database: Parameters<typeof createDaemon>[0]['database'], version?: string) {
  const errors: unknown[] = []
  const onError = (error: unknown) => errors.push(error)
  const daemon = createDaemon({ app, database, onError, ...(version !== undefined && { version }) })
  await daemon.start()
  await enqueue(admin, Work({}))
  await until(
    async () => (await admin.query(`select 1 from cascata.command_statuses where status <> 'success'`)).rowCount === 0,
    'it is done',
  )
  await daemon.stop()
  expect(errors).toEqual([])
}

const settings = async (connection: DatabaseConnection) => {
  const pool = createPool(connection, 1, 'probe', { ...CONTROL_SETTINGS })
  try {
    const { rows } = await pool.query<{ name: string; value: string }>(
      `select name, current_setting(name) as value from unnest($1::text[]) as n(name)`,
      [
        [
          'statement_timeout',
          'enable_seqscan',
          'default_transaction_isolation',
          'client_connection_check_interval',
          'search_path',
          'work_mem',
        ],
      ],
    )
    return Object.fromEntries(rows.map((row) => [row.name, row.value]))
  } finally {
    await pool.end()
  }
}

test("the engine's settings hold beside those of a connection string, of the environment and of the database", async () => {
  await admin.query(`alter database ${name()} set default_transaction_isolation = 'serializable'`)
  const own = {
    statement_timeout: '30s',
    enable_seqscan: 'off',
    default_transaction_isolation: 'read committed',
    client_connection_check_interval: '1s',
    search_path: 'pg_catalog, pg_temp',
  }
  const given = `${url}?options=${encodeURIComponent('-c work_mem=7MB -c search_path=app -c enable_seqscan=on')}`
  expect(await settings(given)).toEqual({ ...own, work_mem: '7MB' })
  await works({ control: given })
  expect(isolation).toEqual({ transaction_isolation: 'read committed' })
  process.env['PGOPTIONS'] = '-c work_mem=8MB'
  try {
    expect(await settings(url)).toEqual({ ...own, work_mem: '8MB' })
  } finally {
    delete process.env['PGOPTIONS']
  }
})

test('a setting that a server cannot have does not keep the daemon from it', async () => {
  // PostgreSQL on Windows refuses the check; here a wrapper of the function that sets it does.
  await admin.query('alter function pg_catalog.set_config(text, text, boolean) rename to set_for_certain')
  await admin.query(`create function pg_catalog.set_config(name text, value text, local boolean) returns text language plpgsql as $$
    begin
      if $1 = 'client_connection_check_interval' then raise 'cannot be set here' using errcode = '22023'; end if;
      return pg_catalog.set_for_certain($1, $2, $3);
    end $$`)
  expect(await settings(url)).toMatchObject({ statement_timeout: '30s', client_connection_check_interval: '0' })
  await works({ control: url })
})

test('a password beside a connection string wins over the one in it', async () => {
  const { Client } = connectorOf({ connectionString: 'postgres://u:old@h:5/d', password: () => 'new' })
  const client = new Client() as unknown as Record<'user' | 'host' | 'port' | 'database' | 'password', unknown>
  expect((client.password as () => string)()).toBe('new')
  expect([client.user, client.host, client.port, client.database]).toEqual(['u', 'h', 5, 'd'])
})

test('no error shows a password', async () => {
  const secret = 'S3cret'
  const bad: DatabaseConnection[] = [
    `postgres://postgres:pa#${secret}@127.0.0.1:1/x`,
    `postgres://postgres:${secret}@127.0.0.1:abc/x`,
    `postgres://postgres:${secret}@127.0.0.1:1/x`,
    `postgres://postgres:${secret}@127.0.0.1:1/x?sslmode=verify-full&sslrootcert=/nowhere.pem`,
    `${url.replace('postgres@', `postgres:${secret}@`)}?sslmode=require`,
    { host: '127.0.0.1', port: 1, user: 'postgres', password: secret, database: 'x' },
    { connectionString: 'postgres://postgres@127.0.0.1:1/x', password: () => secret },
  ]
  for (const connection of bad) {
    for (const error of [
      await rejection(migrate({ url: connection })),
      await rejection(createDaemon({ app, database: { control: connection } }).start()),
    ]) {
      expect(['bad-option', 'postgres-unreachable']).toContain(error.code)
      const { cause } = error
      const said = [
        error.message,
        error.stack,
        error.fix,
        cause?.message,
        cause?.stack,
        cause?.input,
        JSON.stringify(error),
      ]
      expect(said.join('\n')).not.toContain(secret)
    }
  }
})

test.each([
  ['nothing', undefined],
  ['an empty string', ''],
  ['another scheme', 'mysql://x'],
  ['a number', 5],
  ['null', null],
  ['a port out of range', { port: 70_000 }],
  ['a port as text', { port: '5432' }],
  ['a host that is no text', { host: 5 }],
  ['a password that is neither text nor function', { password: 5 }],
  ['ssl as text', { ssl: 'yes' }],
])('%s is no connection', async (_, given) => {
  const connection = given as never
  expect(() => createDaemon({ app, database: { control: connection } })).toThrow(/bad-option/)
  if (given !== undefined) {
    expect(() => createDaemon({ app, database: { control: url, exec: connection } })).toThrow(/bad-option/)
    expect(() => createDaemon({ app, database: { control: url, listen: connection } })).toThrow(/bad-option/)
  }
  expect((await rejection(migrate({ url: connection }))).code).toBe('bad-option')
  expect((await rejection(startHarness({ app, url: connection, database: { control: url } }))).code).toBe('bad-option')
})

test('the version of the application stands with its daemon', async () => {
  await works({ control: url }, '2026.11.29-7')
  expect((await admin.query('select version from cascata.daemons')).rows).toEqual([{ version: '2026.11.29-7' }])
  for (const version of ['', 'x'.repeat(101), 5, 'a\0b']) {
    expect(() => createDaemon({ app, database: { control: url }, version: version as never })).toThrow(/bad-option/)
  }
})

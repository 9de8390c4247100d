import { readFile, writeFile } from 'node:fs/promises'
import pg from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { type OwnServer, ownServer } from '../../../../scripts/testing/own-server.ts'
import { until } from '../../test-support/until.ts'
import { command, createApp, createDaemon, enqueue, handle, migrate, module } from '../index.ts'
import { startHarness } from '../testing/index.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const Work = command('work', z.object({}))
const app = createApp([module('m', [handle(Work, (_, { tx }) => tx.query('select 1').then(() => {}))])])

let server: OwnServer
let admin: pg.Pool
beforeAll(async () => {
  server = await ownServer({})
  admin = new pg.Pool({ connectionString: server.url(), max: 2 })
  const { rows } = await admin.query<{ hba_file: string }>('show hba_file')
  const file = rows[0]?.hba_file as string
  await writeFile(file, `host all rotates 127.0.0.1/32 scram-sha-256\n${await readFile(file, 'utf8')}`)
  await admin.query('select pg_reload_conf()')
  await admin.query(`create role rotates login superuser password 'first'`)
})
afterAll(async () => {
  await admin.end()
  await server.stop()
})

test('a password that is asked for at each new connection may change while daemons run', async () => {
  const { hostname: host, pathname } = new URL(server.url())
  let password = 'first'
  const connection = {
    ...{ host, port: server.port, database: pathname.slice(1), user: 'rotates' },
    password: async () => password,
  }
  await migrate({ url: connection })
  const daemon = createDaemon({
    app,
    database: { control: connection, exec: connection, listen: connection },
    onError: () => {},
  })
  await daemon.start()
  const work = async () => {
    await enqueue(admin, Work({}))
    await until(
      async () =>
        (await admin.query(`select 1 from cascata.command_statuses where status <> 'success'`)).rowCount === 0,
      'it is done',
    )
  }
  await work()
  password = 'second'
  await admin.query(`alter role rotates password 'second'`)
  await admin.query(`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'rotates'`)
  await work()
  await until(() => daemon.health().listening, 'the listener has the new one too')
  await daemon.stop()

  const harness = await startHarness({ app, url: connection, database: { control: connection } })
  await harness.runUntilIdle()
  await harness.stop()

  password = 'third'
  const refused = createDaemon({ app, database: { control: connection }, onError: () => {} })
  await expect(refused.start()).rejects.toThrow(/password authentication failed/)
  password = 'second'
  await refused.start()
  await refused.stop()
})

test('a password function that fails says why, and the start may be tried again', async () => {
  const { hostname: host, pathname } = new URL(server.url())
  let fails = true
  const daemon = createDaemon({
    app,
    database: {
      control: {
        ...{ host, port: server.port, database: pathname.slice(1), user: 'rotates' },
        password: () => {
          if (fails) throw new Error('no token today')
          return 'second'
        },
      },
    },
    onError: () => {},
  })
  await expect(daemon.start()).rejects.toMatchObject({
    code: 'postgres-unreachable',
    message: expect.stringContaining('no token today'),
  })
  fails = false
  await daemon.start()
  await daemon.stop()
})

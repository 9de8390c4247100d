import pg from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type OwnServer, ownServer } from '../../../../scripts/testing/own-server.ts'
import { ledgerApp, PlanRequested, Thing, Write } from '../../test-support/ledger-app.ts'
import { until } from '../../test-support/until.ts'
import { createDaemon, enqueue, migrate, save } from '../index.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })

let server: OwnServer
let pool: pg.Pool
beforeAll(async () => {
  server = await ownServer({ max_notify_queue_pages: '64' }) // it is full after 512 KiB
  pool = new pg.Pool({ connectionString: server.url(), max: 3 })
  pool.on('error', () => {})
  await migrate({ url: server.url() })
  await pool.query(
    'create table ledger (what text, id text, at timestamptz default clock_timestamp()); create table things (id uuid primary key)',
  )
})
afterAll(async () => {
  await pool.end()
  await server.stop()
})

test('while somebody fills the queue of notifications, saving goes on and polling does the work', async () => {
  const sleeper = new pg.Client(server.url())
  await sleeper.connect()
  await sleeper.query('listen somebody')
  await sleeper.query('begin; select 1')
  const fill = `select pg_notify('somebody', repeat('x', 7000) || random())`
  let full: unknown
  for (let i = 0; i < 200 && !full; i++) await pool.query(fill).catch((error: unknown) => (full = error))
  expect(full).toMatchObject({ code: '54000' })

  const daemon = createDaemon({ app: ledgerApp(), database: { control: server.url() }, onError: () => {} })
  await daemon.start()
  const client = await pool.connect()
  await client.query('begin')
  await save(client, new Thing([PlanRequested({ id: 'saved', members: 2 })]))
  await enqueue(client, Write({ id: 'enqueued' }))
  await client.query('commit')
  client.release()
  const ids = async () => (await pool.query<{ id: string }>('select id from ledger')).rows.map(({ id }) => id)
  await until(async () => (await ids()).includes('enqueued') && (await ids()).includes('saved'), 'all of it is done')
  await sleeper.end()
  await daemon.stop()
})

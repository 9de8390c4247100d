import pg from 'pg'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { startTcpProxy, type TcpProxy } from '../../../../scripts/testing/tcp-proxy.ts'
import { engineDatabase } from '../../test-support/engine-database.ts'
import { until } from '../../test-support/until.ts'
import { command, createApp, createDaemon, type Daemon, effect, enqueue, handle, module } from '../index.ts'

vi.setConfig({ testTimeout: 90_000 })

/** A host that vanished, a failover, a firewall that forgot a connection: those open are dead and nobody is told; new ones work. */
const n = z.object({ n: z.number() })
const Write = command('write', n, { retry: { attempts: 20, base: '100ms' }, timeout: '10m' })
const Call = command('call', n, { retry: { attempts: 20, base: '100ms' } })
const Slow = command('slow', n, { timeout: '10m', retry: { attempts: 1 } })
const app = createApp([
  module('m', [
    handle(Write, async ({ n }, { tx }) => {
      await tx.query(`insert into ledger values ('write', $1)`, [n])
      await tx.query('select pg_sleep(0.02)')
    }),
    handle(Slow, async ({ n }, { tx }) => {
      await tx.query('select pg_sleep(13)')
      await tx.query(`insert into ledger values ('slow', $1)`, [n])
    }),
    effect(Call, () => {}),
  ]),
])

let url: string
let pool: pg.Pool
let drop: () => Promise<void>
let proxy: TcpProxy
let daemon: Daemon
let errors: string[]
beforeEach(async () => {
  const database = await engineDatabase()
  url = database.url
  drop = database.drop
  pool = new pg.Pool({ connectionString: url, max: 2 })
  await pool.query('create table ledger (what text, n integer)')
  proxy = await startTcpProxy(url)
  errors = []
  daemon = createDaemon({
    app,
    database: { control: proxy.url },
    onError: (error, { place }) => errors.push(`${place}: ${(error as Error).message}`),
  })
  await daemon.start()
})
afterEach(async () => {
  await daemon.stop(0)
  await proxy.close()
  await pool.end()
  await drop()
})

const open = async () =>
  (
    await pool.query<{ n: number }>(
      `select count(*)::integer as n from cascata.command_statuses where status <> 'success'`,
    )
  ).rows[0]?.n
const both = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => [Write({ n: from + i }), Call({ n: from + i })]).flat()

/** Everything enqueued is done within 30 s, and what writes has written once. */
async function resumes(count: number) {
  await until(async () => (await open()) === 0, `all is done: ${errors.join('; ')}`, 30_000)
  const { rows } = await pool.query<{ n: number }>(`select n from ledger where what = 'write' order by n`)
  expect(rows.map((row) => row.n)).toEqual(Array.from({ length: count }, (_, i) => i))
}

test('work is resumed when all connections of an idle daemon became half-open', async () => {
  await enqueue(pool, both(0, 1))
  await until(async () => (await open()) === 0, 'it works')
  proxy.freezeOpen()
  await until(() => daemon.health().sinceClaimMs > 2_500, 'health tells how long a claim has had no answer')
  await enqueue(pool, both(1, 20))
  await resumes(20)
  await until(() => daemon.health().sinceClaimMs < 2_500, 'claims are answered again')
})

test('work is resumed when all connections became half-open under load, and health tells of it meanwhile', async () => {
  await enqueue(pool, both(0, 400))
  await until(async () => ((await open()) ?? 0) < 750, 'some are done')
  proxy.freezeOpen()
  await until(() => (daemon.health().sinceAnswerMs ?? 0) > 2_500, 'health tells the age of the last answer')
  await enqueue(pool, both(400, 420))
  await resumes(420)
  await until(() => (daemon.health().sinceAnswerMs ?? 0) < 2_500, 'it answers again')
  expect(daemon.health()).toMatchObject({ state: 'running', listening: true })
})

test('a statement that is long is no silence', async () => {
  const [id] = await enqueue(pool, Slow({ n: 1 }))
  const attempts = async () =>
    (await pool.query('select outcome from cascata.attempts where command_id = $1', [id])).rows
  await until(async () => (await attempts()).length > 0, 'it is done, and recorded')
  expect(await attempts()).toEqual([{ outcome: 'success' }])
  expect(errors).toEqual([])
})

import pg from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { type OwnServer, ownServer } from '../../../../scripts/testing/own-server.ts'
import { until } from '../../test-support/until.ts'
import { command, createApp, createDaemon, type Daemon, enqueue, handle, migrate, module } from '../index.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })

/** PostgreSQL itself crashes while commands run: what had not reached the disk is done again, what had is not. */
const EACH = 1_500
const CRASHES = 3
const n = z.object({ n: z.number() })
const Write = command('write', n)
const WriteUnawaited = command('write-unawaited', n, { synchronousCommit: false })
const commits = new Set<string>()
const app = createApp([
  module('ledger', [
    handle(Write, async ({ n }, { tx }) => {
      await tx.query(`insert into ledger values ('write', $1)`, [n])
    }),
    handle(WriteUnawaited, async ({ n }, { tx }) => {
      const { rows } = await tx.query<{ on: string }>(
        `insert into ledger values ('write-unawaited', $1) returning current_setting('synchronous_commit') as on`,
        [n],
      )
      commits.add(rows[0]?.on ?? '')
    }),
  ]),
])

let server: OwnServer
let pool: pg.Pool
let daemon: Daemon
beforeAll(async () => {
  // What is committed without waiting stays in memory until another commit writes it, so that the crash can lose it.
  server = await ownServer({ wal_writer_delay: '10s' })
  pool = new pg.Pool({ connectionString: server.url(), max: 2 })
  pool.on('error', () => {}) // a crash ends idle connections
  await migrate({ url: server.url() })
  await pool.query('create table ledger (what text, n integer)') // without a key, which would hide what is done twice
  daemon = createDaemon({ app, database: { control: server.url() }, concurrency: 20, onError: () => {} })
  await daemon.start()
})
afterAll(async () => {
  await daemon.stop(0)
  await pool.end()
  await server.stop()
})

const count = async (sql: string) => {
  const rows = await pool.query<{ n: number }>(sql).then(
    (result) => result.rows,
    () => [], // it is recovering
  )
  return rows[0]?.n
}

test('each command is done once, whether its commit waits for the disk or not', async () => {
  const both = Array.from({ length: EACH }, (_, i) => [Write({ n: i }), WriteUnawaited({ n: i })]).flat()
  await enqueue(pool, both)
  for (let crash = 1; crash <= CRASHES; crash++) {
    const some = (crash * EACH * 2) / (CRASHES + 1)
    await until(async () => ((await count('select count(*)::integer as n from ledger')) ?? 0) >= some, 'some are done')
    await server.crash()
  }
  const OPEN = `select (select count(*) from cascata.command_queue) + (select count(*) from cascata.committed_commands) as n`
  await until(async () => Number(await count(OPEN)) === 0, 'nothing is left open')

  for (const what of ['write', 'write-unawaited']) {
    const { rows } = await pool.query('select n from ledger where what = $1 order by n', [what])
    expect(rows.map((row) => row.n)).toEqual(Array.from({ length: EACH }, (_, i) => i))
  }
  const { rows } = await pool.query(
    `select count(*) filter (where final and outcome = 'success')::integer as done, max(claim_no) > 1 as again
     from cascata.attempts`,
  )
  expect(rows).toEqual([{ done: 2 * EACH, again: true }]) // the crashes hit commands under way
  expect([...commits]).toEqual(['off'])
  const { rows: others } = await pool.query('show synchronous_commit')
  expect(others).toEqual([{ synchronous_commit: 'on' }])
})

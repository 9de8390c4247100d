import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { startTcpProxy } from '../../../../scripts/testing/tcp-proxy.ts'
import { engineDatabase } from '../../test-support/engine-database.ts'
import { gate, until } from '../../test-support/until.ts'
import { command, createApp, createDaemon, type DaemonOptions, enqueue, handle, module, snooze } from '../index.ts'

const Work = command('work', z.object({}))
const Later = command('later', z.object({}))
let work: (signal: AbortSignal) => unknown
const app = createApp([
  module('m', [handle(Work, (_, { signal }) => work(signal) as never), handle(Later, () => snooze('60d', 'later'))]),
])

let url: string
let pool: pg.Pool
let drop: () => Promise<void>
beforeEach(async () => {
  const database = await engineDatabase()
  url = database.url
  drop = database.drop
  pool = new pg.Pool({ connectionString: url, max: 2 })
})
afterEach(async () => {
  await pool.end()
  await drop()
})

const daemonOn = (control: string, options: Partial<DaemonOptions> = {}) =>
  createDaemon({ app, database: { control }, onError: () => {}, ...options })

const statuses = async () =>
  (await pool.query<{ status: string }>('select status from cascata.command_statuses')).rows.map(({ status }) => status)

/** A daemon with one command that runs until the gate is opened. */
async function running() {
  const { opened, open } = gate()
  let started = false
  let aborted = false
  work = async (signal) => {
    started = true
    signal.addEventListener('abort', () => {
      aborted = true
    })
    await opened
  }
  const daemon = daemonOn(url)
  await daemon.start()
  await enqueue(pool, Work({}))
  await until(() => started, 'the handler runs')
  return { daemon, open: () => open(), isAborted: () => aborted }
}

test('every caller of stop waits for the work that the first one waits for', async () => {
  const { daemon, open } = await running()
  const ended: string[] = []
  const first = daemon.stop().then(() => ended.push('first'))
  const second = daemon.stop(0).then(() => ended.push('second'))
  await until(() => daemon.health().state === 'draining', 'it drains')
  await sleep(300)
  expect(ended).toEqual([])
  open()
  await Promise.all([first, second])
  expect(await statuses()).toEqual(['success'])
  expect(daemon.health().state).toBe('stopped')
})

test.each([
  ['Infinity', Number.POSITIVE_INFINITY],
  ['thirty days', 30 * 86_400_000],
])('a grace of %s aborts nobody', async (_, graceMs) => {
  const { daemon, open, isAborted } = await running()
  const stopped = daemon.stop(graceMs)
  await until(() => daemon.health().state === 'draining', 'it drains')
  await sleep(300)
  expect(isAborted()).toBe(false)
  open()
  await stopped
  expect(await statuses()).toEqual(['success'])
})

test.each([Number.NaN, -1, '5s' as never])('a grace of %s is refused, and the daemon goes on', async (graceMs) => {
  const { daemon, open } = await running()
  await expect(daemon.stop(graceMs)).rejects.toMatchObject({ code: 'bad-option' })
  expect(daemon.health().state).toBe('running')
  open()
  await until(async () => (await statuses())[0] === 'success', 'it is done')
  await daemon.stop()
})

test('a stop while it starts ends the start: nothing runs afterwards, and the daemon is registered as stopped or not at all', async () => {
  let ran = 0
  work = () => void ran++
  const daemon = daemonOn(url)
  await enqueue(pool, Work({}))
  const starting = daemon.start()
  await daemon.stop()
  await starting
  expect(daemon.health().state).toBe('stopped')
  expect(ran).toBe(0)
  expect((await pool.query('select state, claim_no from cascata.command_queue')).rows).toEqual([
    { state: 'pending', claim_no: 0 },
  ])
  expect((await pool.query(`select 1 from cascata.daemons where state <> 'stopped'`)).rowCount).toBe(0)
})

test('a stop while it starts is bounded when the database does not answer', async () => {
  const proxy = await startTcpProxy(url)
  proxy.freeze()
  const daemon = daemonOn(proxy.url)
  const starting = daemon.start()
  const from = performance.now()
  await daemon.stop()
  expect(performance.now() - from).toBeLessThan(15_000)
  await starting
  expect(daemon.health().state).toBe('stopped')
  await proxy.close()
})

test('a stopped daemon is not started, stopped before its start or after it', async () => {
  const daemon = daemonOn(url)
  await daemon.stop()
  await expect(daemon.start()).rejects.toMatchObject({ code: 'already-started' })
  const other = daemonOn(url)
  await other.start()
  await other.stop()
  await expect(other.start()).rejects.toMatchObject({ code: 'already-started' })
})

test('a second start is refused and harms nothing', async () => {
  work = () => {}
  const daemon = daemonOn(url)
  const starting = daemon.start()
  await expect(daemon.start()).rejects.toMatchObject({ code: 'already-started' })
  await starting
  await expect(daemon.start()).rejects.toMatchObject({ code: 'already-started' })
  expect(daemon.health()).toMatchObject({ state: 'running', listening: true })
  await enqueue(pool, Work({}))
  await until(async () => (await statuses())[0] === 'success', 'it works')
  await daemon.stop()
})

test('a daemon whose start failed starts when the database is there', async () => {
  const proxy = await startTcpProxy(url)
  const { port } = new URL(proxy.url)
  await proxy.close()
  const daemon = daemonOn(proxy.url)
  await expect(daemon.start()).rejects.toMatchObject({ code: 'postgres-unreachable' })
  expect(daemon.health().state).toBe('new')
  const again = await startTcpProxy(url, Number(port))
  await daemon.start()
  expect(daemon.health()).toMatchObject({ state: 'running', listening: true })
  await daemon.stop()
  await again.close()
})

test('stop is bounded as a whole though no connection answers', async () => {
  work = () => {}
  const proxy = await startTcpProxy(url)
  const daemon = daemonOn(proxy.url)
  await daemon.start()
  proxy.freeze()
  await enqueue(pool, Work({}))
  const from = performance.now()
  await daemon.stop(0)
  expect(performance.now() - from).toBeLessThan(15_000)
  expect(daemon.health().state).toBe('stopped')
  await proxy.close()
})

test('what is due in months asks no timer to wait for it', async () => {
  const warnings: string[] = []
  const hear = (warning: Error) => warnings.push(warning.name)
  process.on('warning', hear)
  const daemon = daemonOn(url)
  await daemon.start()
  await enqueue(pool, [Later({}), Later({}, { delay: '3650d' })])
  await until(
    async () => (await statuses()).filter((status) => status === 'scheduled').length === 2,
    'both wait for their time',
  )
  await sleep(1_500) // a round of upkeep
  await daemon.stop()
  process.off('warning', hear)
  expect(warnings).not.toContain('TimeoutOverflowWarning')
})

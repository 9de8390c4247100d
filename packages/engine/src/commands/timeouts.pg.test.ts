import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type Engine, startEngine } from '../../test-support/start-engine.ts'
import { gate, until } from '../../test-support/until.ts'
import { type CommandContext, command, createApp, createDaemon, enqueue, handle, module } from '../index.ts'

const Work = command('work', z.object({ id: z.string() }), { timeout: 500, retry: { attempts: 1 } })
const Long = command('long', z.object({ id: z.string() }), { timeout: '1d', retry: { attempts: 1 } })

let work: (id: string, context: CommandContext) => unknown
const app = createApp([
  module('work', [
    handle(Work, ({ id }, context) => work(id, context) as never),
    handle(Long, ({ id }, context) => work(id, context) as never),
  ]),
])

let t: Engine
beforeAll(async () => {
  t = await startEngine(app)
})
afterEach(() => t.pool.query('truncate ledger'))
afterAll(() => t.stop())

async function run(id: string, what: typeof Work | typeof Long = Work) {
  const [commandId] = await t.transaction((tx) => enqueue(tx, what({ id })))
  await t.runUntilIdle()
  const [attempt] = await t.rows('select outcome, error from cascata.attempts where command_id = $1', [commandId])
  return attempt
}

const forEver = () => new Promise<never>(() => {})
const insert = (tx: CommandContext['tx'], id: string) => tx.query(`insert into ledger values ('work', $1)`, [id])

test('a handler that never ends is given up, with its transaction, and its signal says so', async () => {
  let reason: unknown
  work = async (id, { tx, signal }) => {
    signal.addEventListener('abort', () => {
      reason = signal.reason
    })
    await insert(tx, id)
    await forEver()
  }
  expect(await run('open')).toMatchObject({ outcome: 'error', error: expect.stringContaining('[timeout]') })
  expect(reason).toMatchObject({ code: 'timeout' })
  expect(await t.ledger('work')).toEqual([])
  await until(
    async () =>
      (
        await t.rows(
          `select 1 from pg_stat_activity where application_name = 'cascata handlers' and datname = current_database() and xact_start is not null`,
        )
      ).length === 0,
    'no transaction is left open',
  )
})

test('a handler that never ends and has no transaction is given up too', async () => {
  work = forEver
  expect(await run('pure')).toMatchObject({ outcome: 'error', error: expect.stringContaining('[timeout]') })
})

test('a handler in the middle of a long statement is given up', async () => {
  work = async (_, { tx }) => void (await tx.query('select pg_sleep(3600)'))
  expect(await run('asleep')).toMatchObject({ outcome: 'error', error: expect.stringContaining('[timeout]') })
})

test('what a given-up handler does afterwards is refused', async () => {
  const late = gate<unknown>()
  work = async (id, { tx, signal }) => {
    const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve))
    await insert(tx, id).catch(() => {})
    await aborted
    await insert(tx, 'too late').catch(late.open)
  }
  await run('late')
  expect(String(await late.opened)).toMatch(/The transaction has ended|Connection terminated/)
  expect(await t.ledger('work')).toEqual([])
})

test('what it begins only then is refused as well, and what a handler leaves running after it has succeeded', async () => {
  const late = gate<unknown>()
  work = async (_, { tx, signal }) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    setTimeout(() => void insert(tx, 'too late').catch(late.open), 50) // when its failure is on its way
  }
  await run('idle until then')
  expect(String(await late.opened)).toMatch(/The transaction has ended/)
  const after = gate<unknown>()
  // Likewise when its success is on its way.
  work = (_, { tx }) => void setTimeout(() => void insert(tx, 'after').catch(after.open), 50)
  expect(await run('left behind', Long)).toMatchObject({ outcome: 'success' })
  expect(String(await after.opened)).toMatch(/The transaction has ended/)
  expect(await t.ledger('work')).toEqual([])
})

test('a handler may answer at once, with a promise, or with something that is like one', async () => {
  work = () => undefined
  expect(await run('sync', Long)).toMatchObject({ outcome: 'success' })
  work = async (id, { tx }) => void (await insert(tx, id))
  expect(await run('async', Long)).toMatchObject({ outcome: 'success' })
  work = (id, { tx }) => ({
    // biome-ignore lint/suspicious/noThenProperty: what query builders are.
    then: (resolve: (value: unknown) => void, reject: (error: unknown) => void) =>
      insert(tx, id).then(() => resolve(undefined), reject),
  })
  expect(await run('thenable', Long)).toMatchObject({ outcome: 'success' })
  expect(await t.ledger('work')).toEqual(['async', 'thenable'])
})

test('a daemon that stops does not wait for a handler that never ends; another runs it again, and no loss is counted', async () => {
  const entered = gate()
  work = async (_, { tx }) => {
    await tx.query('select 1')
    entered.open()
    await forEver()
  }
  const own = await startEngine(app)
  const [id] = await own.transaction(async (tx) => {
    const ids = await enqueue(tx, Long({ id: 'left' }))
    await tx.query('update cascata.command_queue set crashes = 4') // one more loss would end it
    return ids
  })
  await entered.opened
  await own.daemon.stop(50)
  expect(own.daemon.health().state).toBe('stopped')
  work = async (id, { tx }) => void (await insert(tx, id))
  const next = createDaemon({ app, database: { control: own.url }, pollMs: 50 })
  await next.start()
  await until(async () => (await own.ledger('work')).includes('left'), 'it ran again')
  await until(
    async () => (await own.rows('select 1 from cascata.attempts where command_id = $1 and final', [id])).length === 1,
    'it is done',
  )
  const attempts = await own.rows(
    'select outcome, error_class from cascata.attempts where command_id = $1 order by claim_no',
    [id],
  )
  expect(attempts).toEqual([
    { outcome: 'lost', error_class: 'DaemonStopped' },
    { outcome: 'success', error_class: null },
  ])
  await next.stop()
  await own.stop()
})

import pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type Engine, startEngine } from '../../test-support/start-engine.ts'
import { gate, until } from '../../test-support/until.ts'
import { command, createApp, type EffectContext, effect, enqueue, handle, module } from '../index.ts'

const data = z.object({ id: z.string() })
const Call = command('call', data, { timeout: 500, retry: { attempts: 2, base: 0 } })
const Patient = command('patient', data, { timeout: '2s', retry: { attempts: 5, base: 0 } })
const Long = command('long', data, { retry: { attempts: 1 } })
const Write = command('write', data, { timeout: '10s', retry: { attempts: 1 } })

let call: (context: EffectContext) => unknown
const app = createApp([
  module('calls', [
    effect(Call, async (_, context) => void (await call(context))),
    effect(Patient, async (_, context) => void (await call(context))),
    effect(Long, async (_, context) => void (await call(context))),
    handle(Write, async ({ id }, { tx }) => void (await tx.query(`insert into ledger values ('write', $1)`, [id]))),
  ]),
])

let t: Engine
let locker: pg.Client
beforeAll(async () => {
  t = await startEngine(app, { concurrency: 3 })
  await t.pool.query('create table students (id integer)')
  locker = new pg.Client(t.url)
  await locker.connect()
})
// An attempt that is left for later would run what the next test has put in `call`.
afterEach(async () => {
  await locker.query('rollback')
  await t.runThrough()
})
afterAll(async () => {
  await locker.end()
  await t.stop()
})

const waiting = async () =>
  (
    await t.rows(
      `select 1 from pg_stat_activity where application_name = 'cascata handlers' and wait_event_type = 'Lock'
       and datname = current_database()`,
    )
  ).length
const errors = (id: string | undefined) =>
  t.rows<{ outcome: string; error: string }>(
    'select outcome, error from cascata.attempts where command_id = $1 order by claim_no',
    [id],
  )

test('statements of effects that wait for a lock end at the timeout, and take no connection from others', async () => {
  await locker.query('begin; lock table students in access exclusive mode')
  call = ({ db }) => db.query('select * from students')
  const ids = await t.transaction((tx) =>
    enqueue(
      tx,
      Array.from({ length: 40 }, (_, i) => Call({ id: String(i) })),
    ),
  )
  await until(async () => (await waiting()) > 0, 'they wait')
  const writes = Array.from({ length: 10 }, (_, i) => String(i))
  await t.transaction((tx) =>
    enqueue(
      tx,
      writes.map((id) => Write({ id })),
    ),
  )
  await t.runUntilIdle(60_000)
  expect((await t.ledger('write')).sort()).toEqual(writes)
  await until(async () => (await waiting()) === 0, 'the server has ended them')
  for (const { outcome, error } of await errors(ids[0])) {
    expect(outcome).toBe('error')
    expect(error).toContain('[timeout]')
  }
  await locker.query('rollback')
})

test('what an effect asks of its database after its end is refused', async () => {
  const late = gate<unknown>()
  call = ({ db, signal }) =>
    new Promise(() => {
      signal.addEventListener('abort', () => {
        setTimeout(() => db.query('select 1').then(late.open, late.open), 20)
      })
    })
  await t.transaction((tx) => enqueue(tx, Call({ id: 'late' })))
  expect(String(await late.opened)).toMatch(/The handler has ended/)
  const after = gate<unknown>()
  call = ({ db }) => void setTimeout(() => db.query('select 1').then(after.open, after.open), 20)
  await t.transaction((tx) => enqueue(tx, Call({ id: 'after' })))
  expect(String(await after.opened)).toMatch(/The handler has ended/)
})

test('waiting for a connection until the timeout is no failure of the effect', async () => {
  await locker.query('begin; lock table students in access exclusive mode')
  // More than the pool of the handlers has.
  call = ({ db }) => Promise.all(Array.from({ length: 60 }, () => db.query('select * from students')))
  const [holds] = await t.transaction((tx) => enqueue(tx, Long({ id: 'holds all' })))
  await until(async () => (await waiting()) > 3, 'all connections wait')
  call = ({ db }) => db.query('select 1')
  const [id] = await t.transaction((tx) => enqueue(tx, Patient({ id: 'finds none' })))
  const first = await until(async () => (await errors(id))[0], 'its first attempt has ended')
  expect(first).toEqual({ outcome: 'released', error: expect.stringContaining('No connection was free.') })
  await locker.query('rollback')
  await t.runThrough()
  expect((await errors(id)).at(-1)).toMatchObject({ outcome: 'success' })
  expect((await errors(holds)).at(-1)).toMatchObject({ outcome: 'success' })
})

test('a refused database before the call gives the effect back, and its key stays', async () => {
  const keys = new Set<string>()
  let n = 0
  call = async ({ db, key }) => {
    keys.add(key)
    if (n++ < 3) await db.query(`select pg_terminate_backend(pg_backend_pid()), pg_sleep(1)`)
  }
  const [id] = await t.transaction((tx) => enqueue(tx, Long({ id: 'read' })))
  await t.runThrough()
  expect((await errors(id)).map(({ outcome }) => outcome)).toEqual(['lost', 'lost', 'lost', 'success'])
  expect(keys.size).toBe(1)
  expect(await t.rows('select state from cascata.effects where command_id = $1 order by claim_no', [id])).toEqual([
    ...Array(3).fill({ state: 'unknown' }),
    { state: 'accepted' },
  ])
})

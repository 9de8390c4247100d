import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { command, createApp, type EventContext, enqueue, event, handle, module, on, save } from 'cascata'
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { Thing } from '../../test-support/ledger-app.ts'
import { type Engine, startEngine } from '../../test-support/start-engine.ts'
import { gate, until } from '../../test-support/until.ts'

/** A handler that does not end, or not soon: how long do the others of its set wait? */
const Asked = event('asked', z.object({ n: z.number() }))
const Waited = event('waited', z.object({ n: z.number() }))
const Quick = event('quick', z.object({ n: z.number() }))
const Impatient = event('impatient', z.object({ n: z.number() }))

type Handler = (n: number, context: EventContext) => unknown
const never = () => new Promise(() => {})
let asks: Handler = never
let waits: Handler = never
let impatient: Handler = never
const app = createApp([
  module('slow', [
    on(Asked, 'asks', ({ n }, context) => asks(n, context) as never, { timeout: '5m' }),
    on(Waited, 'waits', ({ n }, context) => waits(n, context) as never, { timeout: '5m' }),
    on(Impatient, 'ends', ({ n }, context) => impatient(n, context) as never, {
      timeout: '300ms',
      retry: { attempts: 1 },
    }),
    on(Quick, 'writes', async ({ n }, { tx }) => {
      await tx.query(`insert into ledger values ('quick', $1)`, [n])
    }),
  ]),
])

let t: Engine
let locker: pg.Client
beforeEach(async () => {
  asks = never
  waits = never
  impatient = never
  t = await startEngine(app)
  await t.pool.query(`insert into ledger values ('row', '')`)
  locker = new pg.Client(t.url)
  await locker.connect()
})
afterEach(async () => {
  await locker.end()
  await t.stop()
})

const quickDone = async (n: number) => (await t.ledger('quick')).length === n
const tens = (of: (data: { n: number }) => ReturnType<typeof Quick>) => Array.from({ length: 10 }, (_, n) => of({ n }))

/** Waits for a lock that somebody else holds, in a statement. */
const forTheLock = async (_: number, { tx }: EventContext) => {
  await tx.query(`update ledger set id = 'x' where what = 'row'`)
}
const lock = async () => {
  await locker.query('begin')
  await locker.query(`update ledger set id = 'held' where what = 'row'`)
}
const waitingSessions = async () =>
  (await t.rows(`select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`))
    .length

test('handlers that hang, in the process or in the database, are set aside, long before they time out', async () => {
  await lock()
  waits = forTheLock
  let aborted = 0
  asks = (_, { signal }) => {
    signal.addEventListener('abort', () => aborted++)
    return never()
  }
  await t.transaction((tx) =>
    save(tx, new Thing([Asked({ n: 1 }), Asked({ n: 2 }), Waited({ n: 1 }), Waited({ n: 2 }), ...tens(Quick)])),
  )
  await until(() => quickDone(10), 'the ten others are done')
  expect(aborted).toBeGreaterThan(0)
  // Nothing failed, and both kinds run beside whatever else comes.
  expect(await t.rows(`select 1 from cascata.event_handlings where type <> 'quick'`)).toEqual([])
  await until(
    async () => (await t.rows(`select 1 from cascata.event_queue where state = 'processing'`)).length === 4,
    'the four run apart',
  )
  await t.transaction((tx) => save(tx, new Thing(tens(Quick))))
  await until(() => quickDone(20), 'ten more are done')
  await locker.query('rollback')
  await until(
    async () => (await t.rows(`select 1 from cascata.event_handlings where type = 'waited' and final`)).length === 2,
    'what waited for the lock is done, apart',
  )
  expect(await t.rows(`select distinct outcome from cascata.event_handlings`)).toEqual([{ outcome: 'success' }])
})

test('the second event of a handler that was set aside costs the others nothing', async () => {
  let inSets = 0
  asks = () => {
    inSets++
    return never()
  }
  await t.transaction((tx) =>
    save(tx, new Thing([...Array.from({ length: 50 }, (_, n) => Asked({ n })), ...tens(Quick)])),
  )
  await until(() => quickDone(10), 'the others are done')
  expect(inSets).toBeLessThanOrEqual(1 + 2) // once in the set, and as many as may run apart
})

test('a handler that waits in a statement at its timeout is ended there, and the rest of its set is saved', async () => {
  await lock()
  impatient = forTheLock
  await t.transaction((tx) => save(tx, new Thing([...tens(Quick), Impatient({ n: 1 }), ...tens(Quick)])))
  await until(() => quickDone(20), 'the others are done, and done once')
  await until(async () => (await waitingSessions()) === 0, 'its session waits no more')
  expect(await t.rows(`select outcome, final, error from cascata.event_handlings where type = 'impatient'`)).toEqual([
    { outcome: 'error', final: true, error: expect.stringContaining('[timeout] "ends" was not done after 300 ms') },
  ])
  expect(await t.rows(`select 1 from cascata.event_handlings where outcome = 'lost'`)).toEqual([])
})

test('a timeout shorter than the patience with a set ends the handler at its own figure', async () => {
  let first: string | undefined
  impatient = (_, { signal }) => {
    // Before the patience is over, however late either of them is noticed.
    const later = setTimeout(() => (first ??= 'the patience'), 1_900)
    signal.addEventListener('abort', () => {
      clearTimeout(later)
      first ??= 'the timeout'
    })
    return never()
  }
  await t.transaction((tx) => save(tx, new Thing([Impatient({ n: 1 })])))
  await until(() => first, 'either is over')
  expect(first).toBe('the timeout')
})

test('a handler that waits for a connection is neither late nor slow', async () => {
  const role = `one_${randomBytes(4).toString('hex')}`
  const Hold = command('hold', z.object({}))
  const { opened, open } = gate()
  const begun = gate()
  const seen = { aborted: false, waited: false }
  const few = await startEngine(
    createApp([
      module('few', [
        handle(Hold, async (_, { tx }) => {
          await tx.query('select 1')
          begun.open()
          await opened
        }),
        on(
          Impatient,
          'ends',
          async (_, { tx, signal }) => {
            signal.addEventListener('abort', () => (seen.aborted = true))
            setTimeout(() => (seen.waited = true), 4_000) // its timeout would be over
            await tx.query('select 1')
          },
          { timeout: '2s', retry: { attempts: 1 } }, // its one statement takes a while on a busy machine
        ),
      ]),
    ]),
    {
      database: (url) => ({ control: url, exec: Object.assign(new URL(url), { username: role }).href }),
      before: async (url) => {
        const owner = new pg.Client(url)
        await owner.connect()
        await owner.query(
          `create role ${role} login connection limit 1; grant usage on schema cascata to ${role};
           grant all on all tables in schema cascata to ${role}`,
        )
        await owner.end()
      },
    },
  )
  await few.transaction((tx) => enqueue(tx, Hold({})))
  await begun.opened
  await few.transaction((tx) => save(tx, new Thing([Impatient({ n: 1 })])))
  await until(() => seen.waited || seen.aborted, 'it has waited for long')
  open()
  await few.runUntilIdle()
  expect(seen.aborted).toBe(false)
  expect(await few.rows('select outcome, error from cascata.event_handlings')).toEqual([
    { outcome: 'success', error: null },
  ])
  expect(few.errors).toEqual([])
  await few.stop()
})

test('nobody waits behind a statement that a handler left running when it threw, or returned', async () => {
  await lock()
  impatient = (n, context) => {
    void forTheLock(n, context).catch(() => {})
    if (n === 1) throw new Error('and away')
  }
  await t.transaction((tx) =>
    save(tx, new Thing([Impatient({ n: 1 }), ...tens(Quick), Impatient({ n: 2 }), ...tens(Quick)])),
  )
  await until(() => quickDone(20), 'the others are done')
  const errors = await t.rows<{ error: string }>(
    `select error from cascata.event_handlings where type = 'impatient' order by event_id`,
  )
  expect(errors.map(({ error }) => error)).toEqual(['and away', expect.stringContaining('[timeout]')])
})

test('handlers that take long and end in time are saved, once each', async () => {
  asks = async (n, { tx }) => {
    await sleep(2_500)
    await tx.query(`insert into ledger values ('asked', $1)`, [n])
  }
  await t.transaction((tx) => save(tx, new Thing([0, 1, 2].map((n) => Asked({ n })))))
  await t.runUntilIdle()
  await until(async () => (await t.ledger('asked')).length === 3, 'all three are done')
  await t.runUntilIdle()
  expect(await t.ledger('asked')).toHaveLength(3)
  expect(await t.rows(`select outcome, claim_no > 0 as claimed from cascata.event_handlings`)).toEqual(
    Array(3).fill({ outcome: 'success', claimed: true }),
  )
})

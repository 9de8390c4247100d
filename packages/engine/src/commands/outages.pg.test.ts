import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type Engine, startEngine } from '../../test-support/start-engine.ts'
import { until } from '../../test-support/until.ts'
import { type CascataError, command, createApp, effect, enqueue, handle, module } from '../index.ts'

/** The role of the handlers cannot be worked with, and the engine's own can: never a failure of the handlers. */
const data = z.object({ id: z.string() })
const retry = { attempts: 2, base: 0 } as const
const Alone = command('alone', data, { retry })
const Shared = command('shared', data, { retry, transaction: 'shared' })
const Call = command('call', data, { retry })

type Db = { query(text: string, values?: unknown[]): Promise<unknown> }
const write = (db: Db, id: string) => db.query(`insert into ledger values ('done', $1)`, [id])
const app = createApp([
  module('work', [
    handle(Alone, async ({ id }, { tx }) => void (await write(tx, id))),
    handle(Shared, async ({ id }, { tx }) => void (await write(tx, id))),
    effect(Call, async ({ id }, { db }) => void (await write(db, id))),
  ]),
])

async function asOwner(url: string, sql: string): Promise<void> {
  const owner = new pg.Client(url)
  await owner.connect()
  await owner.query(sql)
  await owner.end()
}

const role = `handlers_${randomBytes(4).toString('hex')}`
let t: Engine
beforeAll(async () => {
  t = await startEngine(app, {
    concurrency: 4,
    database: (url) => {
      const exec = new URL(url)
      exec.username = role
      return { control: url, exec: exec.href }
    },
    before: (url) => asOwner(url, `create role ${role} superuser login`),
  })
})
afterEach(async () => {
  await t.pool.query(`alter role ${role} superuser login connection limit -1`)
  await t.pool.query(`alter role ${role} reset all`)
  await t.pool.query('truncate cascata.command_queue')
})
afterAll(() => t.stop())

const givenBack = () => t.errors.filter((e) => (e as CascataError).code === 'given-back') as CascataError[]

test.each([
  ['may not sign in', 'nologin', 'login', 'is not permitted to log in', 'Connecting'],
  [
    'has no connection left',
    'connection limit 0 nosuperuser',
    'connection limit -1 superuser',
    'too many connections',
    'Connecting',
  ],
  [
    'may only read',
    'set default_transaction_read_only = on',
    'set default_transaction_read_only = off',
    'cannot execute DELETE in a read-only transaction',
    'Beginning the transaction',
  ],
])(
  'the role of the handlers %s: all is given back, told and done once it may again',
  async (name, broken, mended, said, place) => {
    await t.pool.query(`truncate ledger; truncate cascata.attempts`)
    const before = givenBack().length
    await t.pool.query(`alter role ${role} ${broken}`)
    await t.pool.query(`select pg_terminate_backend(pid) from pg_stat_activity where usename = $1`, [role])
    const ids = Array.from({ length: 5 }, (_, i) => `${name} ${i}`)
    const all = ids.flatMap((id) => [Alone({ id }), Shared({ id }), Call({ id })])
    await t.transaction((tx) => enqueue(tx, all))
    for (let i = 0; i < 5; i++) {
      await t.runUntilIdle()
      await t.clock.advance('2m')
    }
    await t.runUntilIdle()
    expect(await t.rows('select distinct outcome, final from cascata.attempts')).toEqual([
      { outcome: 'released', final: false },
    ])
    expect(await t.rows('select distinct state, failures, crashes from cascata.command_queue')).toEqual([
      { state: 'scheduled', failures: 0, crashes: 0 },
    ])
    const [{ n, next } = { n: 0, next: null }] = await t.rows<{ n: number; next: Date | null }>(
      'select max(claim_no) as n, min(next_at) as next from cascata.attempts',
    )
    expect(n).toBeGreaterThanOrEqual(6)
    expect(n).toBeLessThan(20)
    expect(next).not.toBeNull()
    const errors = await t.rows<{ type: string; error: string }>(
      'select distinct type, error from cascata.attempts order by 1',
    )
    // A session that was still open when it was ended says so; from then on, it is this.
    expect(errors.some(({ error }) => error.includes(said) && error.startsWith(place))).toBe(true)
    const told = givenBack().slice(before)
    expect(told.some(({ message }) => message.includes(said) && message.includes(place))).toBe(true)
    expect(told.length).toBeLessThan(15) // of 90 given back

    await t.pool.query(`alter role ${role} ${mended}`)
    await t.runThrough()
    expect((await t.ledger('done')).sort()).toEqual(ids.flatMap((id) => [id, id, id]).sort())
  },
)

test('an exec that is away writes a bounded number of attempts, with growing waits', async () => {
  await t.pool.query(`truncate cascata.attempts`)
  await t.pool.query(`alter role ${role} nologin`)
  await t.pool.query(`select pg_terminate_backend(pid) from pg_stat_activity where usename = $1`, [role])
  const [id] = await t.transaction((tx) => enqueue(tx, Alone({ id: 'waits' })))
  for (let i = 0; i < 8; i++) {
    await t.runUntilIdle()
    await t.clock.advance('2m')
  }
  const waits = await t.rows<{ ms: number }>(
    `select extract(epoch from next_at - ended_at) * 1000 as ms from cascata.attempts where command_id = $1 order by claim_no`,
    [id],
  )
  const ms = waits.map((row) => Number(row.ms))
  expect(ms.length).toBeLessThan(20)
  for (const [i, wait] of ms.entries()) {
    expect(wait).toBeGreaterThanOrEqual(Math.min(500 * 2 ** i, 30_000) - 1)
    expect(wait).toBeLessThanOrEqual(Math.min(1_000 * 2 ** i, 60_000) + 1)
  }
  await t.pool.query(`alter role ${role} login`)
  await t.runThrough()
  expect(await t.ledger('done')).toContain('waits')
  expect(await t.rows('select releases from cascata.command_queue')).toEqual([])
})

test('an intent that cannot be stored gives the effect back, for as long as it takes, and nothing was called', async () => {
  await t.pool.query(`truncate cascata.attempts;
    create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no intents today'; end $$;
    create trigger refuse before insert on cascata.effects for each row execute function refuse()`)
  const [id] = await t.transaction((tx) => enqueue(tx, Call({ id: 'intended' })))
  for (let i = 0; i < 4; i++) {
    await t.runUntilIdle()
    await t.clock.advance('2m')
  }
  const attempts = await t.rows<{ outcome: string; error: string }>('select outcome, error from cascata.attempts')
  expect(attempts.length).toBeLessThan(20)
  for (const attempt of attempts) {
    expect(attempt).toEqual({
      outcome: 'released',
      error: expect.stringContaining('nothing was called, failed: no intents today'),
    })
  }
  await t.pool.query('drop function refuse() cascade')
  await t.runThrough()
  expect((await t.ledger('done')).filter((l) => l === 'intended')).toHaveLength(1)
  expect(await t.rows('select state from cascata.effects where command_id = $1', [id])).toEqual([{ state: 'accepted' }])
})

test.each([
  ['a port where nobody listens', (url: URL) => Object.assign(url, { port: '1' }), 'ECONNREFUSED'],
  ['a socket that is not there', (url: URL) => url.searchParams.set('host', '/nowhere'), 'ENOENT'],
  ['a database that is not there', (url: URL) => Object.assign(url, { pathname: '/nowhere' }), 'does not exist'],
  ['a host that is not there', (url: URL) => Object.assign(url, { hostname: 'nowhere.invalid' }), 'nowhere.invalid'],
])('%s: nothing counts as a failure', async (_, connections, said) => {
  const engine = await startEngine(app, {
    database: (url) => {
      const exec = new URL(url)
      connections(exec)
      return { control: url, exec: exec.href }
    },
  })
  await engine.transaction((tx) =>
    enqueue(tx, [Alone({ id: 'a' }), Shared({ id: 'b' }), Shared({ id: 'c' }), Call({ id: 'd' })]),
  )
  for (let i = 0; i < 4; i++) {
    await until(
      async () => (await engine.rows(`select 1 from cascata.command_queue where state <> 'scheduled'`)).length === 0,
      'all are given back',
    )
    await engine.clock.advance('2m')
  }
  const attempts = await engine.rows<{ outcome: string; error: string }>('select outcome, error from cascata.attempts')
  expect(new Set(attempts.map(({ outcome }) => outcome))).toEqual(new Set(['released']))
  for (const { error } of attempts) expect(error).toContain(said)
  expect(await engine.rows('select 1 from cascata.command_queue where failures > 0 or crashes > 0')).toEqual([])
  await engine.stop()
})

test('with more slots than the server gives connections, handlers wait for one, and nothing is given back', async () => {
  const few = `few_${randomBytes(4).toString('hex')}`
  const sleep = async (db: Db) => void (await db.query('select pg_sleep(0.01)'))
  const engine = await startEngine(
    createApp([
      module('m', [
        handle(Alone, (_, { tx }) => sleep(tx)),
        handle(Shared, (_, { tx }) => sleep(tx)),
        effect(Call, (_, { db }) => sleep(db)),
      ]),
    ]),
    {
      concurrency: 40,
      database: (url) => ({ control: url, exec: Object.assign(new URL(url), { username: few }).href }),
      before: (url) =>
        asOwner(
          url,
          `create role ${few} login connection limit 3; grant usage on schema cascata to ${few};
           grant all on all tables in schema cascata to ${few}`,
        ),
    },
  )
  const ids = Array.from({ length: 100 }, (_, i) => ({ id: String(i) }))
  await engine.transaction((tx) =>
    enqueue(
      tx,
      ids.flatMap((id) => [Alone(id), Shared(id), Call(id)]),
    ),
  )
  await engine.runUntilIdle()
  expect(await engine.rows('select outcome, count(*)::integer as n from cascata.attempts group by outcome')).toEqual([
    { outcome: 'success', n: 300 },
  ])
  expect(engine.errors).toEqual([])
  await engine.stop()
})

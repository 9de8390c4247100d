import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { type Engine, startEngine } from '../../test-support/start-engine.ts'
import { gate, until } from '../../test-support/until.ts'
import { type CascataError, command, createApp, createDaemon, effect, enqueue, handle, module } from '../index.ts'

/** The role of the handlers cannot be worked with, and the engine's own can: never a failure of the handlers. */
const data = z.object({ id: z.string() })
const retry = { attempts: 2, base: 0 } as const
const Alone = command('alone', data, { retry })
const Shared = command('shared', data, { retry, transaction: 'shared' })
const Call = command('call', data, { retry })
const Hold = command('hold', data, { retry })
/** These need no connection. */
const Greet = command('greet', z.object({}))
const Compute = command('compute', z.object({}))
const Standby = command('standby', data, { retry })

let isStandby = false
/** The server's processes that the attempts of `standby` met. */
let sessions: unknown[] = []
type Db = { query(text: string, values?: unknown[]): Promise<unknown> }
const write = (db: Db, id: string) => db.query(`insert into ledger values ('done', $1)`, [id])
const app = createApp([
  module('work', [
    handle(Alone, async ({ id }, { tx }) => void (await write(tx, id))),
    handle(Shared, async ({ id }, { tx }) => void (await write(tx, id))),
    handle(Standby, async ({ id }, { tx }) => {
      sessions.push((await tx.query('select pg_backend_pid() as pid')).rows[0]?.['pid'])
      // Refused by the server itself, as it is where a server becomes a standby meanwhile.
      if (isStandby) await tx.query(`select set_config('transaction_read_only', 'on', true)`)
      await write(tx, id)
    }),
    effect(Call, async ({ id }, { db }) => void (await write(db, id))),
    effect(Hold, async ({ id }, { db }) => void (await write(db, id)), { onUnknown: 'hold' }),
    effect(Greet, () => {}),
    handle(Compute, () => {}),
  ]),
])

async function asOwner(url: string, sql: string): Promise<void> {
  const owner = new pg.Client(url)
  await owner.connect()
  await owner.query(sql)
  await owner.end()
}

// Each test has a daemon of its own: what it has told, and whether it waits for connections, outlives an outage.
let role: string
let t: Engine
beforeEach(async () => {
  isStandby = false
  role = `handlers_${randomBytes(4).toString('hex')}`
  t = await startEngine(app, {
    concurrency: 4,
    commandsMax: 20,
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
  await t.stop()
})

const givenBack = () => t.errors.filter((e) => (e as CascataError).code === 'given-back') as CascataError[]

const three = (name: string) => {
  const ids = Array.from({ length: 5 }, (_, i) => `${name} ${i}`)
  return {
    all: ids.flatMap((id) => [Alone({ id }), Shared({ id }), Call({ id })]),
    done: ids.flatMap((id) => [id, id, id]),
  }
}
const endSessions = () =>
  t.pool.query(`select pg_terminate_backend(pid) from pg_stat_activity where usename = $1`, [role])
/** Nothing more will be claimed until there is a connection. */
const untilWithheld = (engine: Engine) =>
  until(
    () => engine.daemon.health().execAway && engine.daemon.health().commandsHeld === 0,
    'all that was held is given back',
  )
const attemptsOf = (engine: Engine, type = '%') =>
  engine.rows<{ outcome: string; error: string; command_id: string; ms: number }>(
    `select outcome, error, command_id, extract(epoch from next_at - ended_at) * 1000 as ms from cascata.attempts
     where type like $1 order by claim_no`,
    [type],
  )

test.each([
  ['may not sign in', 'nologin', 'login', 'is not permitted to log in'],
  ['has no connection left', 'connection limit 0 nosuperuser', 'connection limit -1 superuser', 'too many connections'],
])(
  'the role of the handlers %s: all is given back once, told and done when it may again',
  async (name, broken, mended, said) => {
    await t.pool.query(`truncate ledger; truncate cascata.attempts`)
    const before = givenBack().length
    await t.pool.query(`alter role ${role} ${broken}`)
    await endSessions()
    const { all, done } = three(name)
    await t.transaction((tx) => enqueue(tx, all))
    for (let i = 0; i < 5; i++) {
      await untilWithheld(t)
      await t.clock.advance('2m')
    }
    const attempts = await attemptsOf(t)
    expect(new Set(attempts.map(({ outcome }) => outcome))).toEqual(new Set(['released']))
    // One each; a few met a session that was being ended before.
    expect(attempts.length).toBeLessThan(25)
    expect(await t.rows('select distinct failures, crashes from cascata.command_queue')).toEqual([
      { failures: 0, crashes: 0 },
    ])
    expect(attempts.some(({ error }) => error?.includes(said) && error.startsWith('Connecting'))).toBe(true)
    const told = givenBack().slice(before)
    expect(told.some(({ message }) => message.includes(said) && message.includes('Connecting'))).toBe(true)
    expect(told.length).toBeLessThan(10)

    await t.pool.query(`alter role ${role} ${mended}`)
    await until(() => !t.daemon.health().execAway, 'it is back')
    await t.runThrough()
    expect((await t.ledger('done')).sort()).toEqual(done.sort())
  },
)

test('a role that may only read: all is given back, told and done once it may write', async () => {
  await t.pool.query(`truncate ledger; truncate cascata.attempts`)
  const before = givenBack().length
  await t.pool.query(`alter role ${role} set default_transaction_read_only = on`)
  await endSessions()
  const { all, done } = three('reads')
  await t.transaction((tx) => enqueue(tx, all))
  for (let i = 0; i < 5; i++) {
    await t.runUntilIdle()
    await t.clock.advance('2m')
  }
  await t.runUntilIdle()
  const attempts = await attemptsOf(t)
  expect(new Set(attempts.map(({ outcome }) => outcome))).toEqual(new Set(['released']))
  expect(await t.rows('select distinct state, failures, crashes from cascata.command_queue')).toEqual([
    { state: 'scheduled', failures: 0, crashes: 0 },
  ])
  for (const [, own] of Map.groupBy(attempts, (attempt) => attempt.command_id)) {
    expect(own.length).toBeGreaterThanOrEqual(6)
    expect(own.length).toBeLessThan(20)
    for (const [i, { ms }] of own.entries()) {
      expect(Number(ms)).toBeGreaterThanOrEqual(Math.min(500 * 2 ** i, 30_000) - 1)
      expect(Number(ms)).toBeLessThanOrEqual(Math.min(1_000 * 2 ** i, 60_000) + 1)
    }
  }
  const said = 'Beginning the transaction failed: cannot execute DELETE in a read-only transaction'
  expect(attempts.some(({ error }) => error.startsWith(said))).toBe(true)
  const told = givenBack().slice(before)
  expect(told.some(({ message }) => message.includes(said))).toBe(true)
  expect(told.length).toBeLessThan(15) // of 90 given back

  await t.pool.query(`alter role ${role} reset all`)
  await endSessions()
  await t.runThrough()
  expect((await t.ledger('done')).sort()).toEqual(done.sort())
  expect(await t.rows('select releases from cascata.command_queue')).toEqual([])
})

test('while exec is away, what needs it waits, what does without it runs, and other daemons do the work', async () => {
  await t.pool.query(`truncate ledger; truncate cascata.attempts`)
  await t.pool.query(`alter role ${role} nologin`)
  await endSessions()
  const many = (from: number) => Array.from({ length: 200 }, (_, i) => Alone({ id: String(from + i) }))
  await t.transaction((tx) => enqueue(tx, many(0)))
  for (let i = 0; i < 5; i++) {
    await untilWithheld(t)
    await t.transaction((tx) => enqueue(tx, [Greet({}), Compute({})]))
    const others = `select 1 from cascata.command_queue where type <> 'alone'`
    await until(async () => (await t.rows(others)).length === 0, 'what needs no connection is done')
    await t.clock.advance('2m')
  }
  const released = (await attemptsOf(t, 'alone')).length
  expect(released).toBeLessThanOrEqual(30) // no more than the daemon held, of 200
  expect(await attemptsOf(t, 'greet')).toHaveLength(5)

  const other = createDaemon({ app, database: { control: t.url }, onError: () => {} })
  await other.start()
  await until(async () => (await t.ledger('done')).length === 200, 'the other daemon has done them')
  await other.stop()
  expect(t.daemon.health().execAway).toBe(true)

  await t.transaction((tx) => enqueue(tx, many(200)))
  await t.pool.query(`alter role ${role} login`)
  await until(async () => (await t.ledger('done')).length === 400, 'it goes on when exec is back')
  expect(t.daemon.health().execAway).toBe(false)
})

test('an effect that holds what is not known is begun no more while exec is away', async () => {
  await t.pool.query(`truncate ledger; truncate cascata.attempts`)
  await t.pool.query(`alter role ${role} nologin`)
  await endSessions()
  await t.transaction((tx) =>
    enqueue(
      tx,
      Array.from({ length: 40 }, (_, i) => Hold({ id: String(i) })),
    ),
  )
  await untilWithheld(t)
  const outcomes = async (outcome: string) =>
    (await attemptsOf(t, 'hold')).filter((attempt) => attempt.outcome === outcome).length
  const held = await outcomes('unknown')
  expect(held).toBeGreaterThan(0)
  expect(held).toBeLessThanOrEqual(10)
  await t.pool.query(`alter role ${role} login`)
  await until(async () => (await outcomes('success')) === 40 - held, 'the others are called when exec is back')
})

test('what a statement of the handler meets in a server that may not write is given back for an hour, then it is its failure', async () => {
  await t.pool.query('truncate cascata.attempts')
  sessions = []
  isStandby = true
  const [id] = await t.transaction((tx) => enqueue(tx, Standby({ id: 'standby' })))
  const given = async () => {
    await t.runUntilIdle()
    return await t.rows('select state, failures, crashes, releases from cascata.command_queue')
  }
  expect(await given()).toEqual([{ state: 'scheduled', failures: 0, crashes: 0, releases: 1 }])
  await t.pool.query('update cascata.command_queue set releases = 59 where id = $1', [id])
  await t.clock.advance('2m')
  expect(await given()).toEqual([{ state: 'scheduled', failures: 0, crashes: 0, releases: 60 }])
  const errors = await t.rows<{ error: string }>(`select error from cascata.attempts where outcome = 'released'`)
  expect(errors).toHaveLength(2)
  for (const { error } of errors) expect(error).toContain('A statement failed: cannot execute INSERT in a read-only')
  await t.runThrough()
  isStandby = false
  expect(await t.rows('select status from cascata.command_statuses where id = $1', [id])).toEqual([{ status: 'error' }])
  const [again] = await t.transaction((tx) => enqueue(tx, Standby({ id: 'no standby' })))
  await t.runUntilIdle()
  expect(await t.rows('select status from cascata.command_statuses where id = $1', [again])).toEqual([
    { status: 'success' },
  ])
  expect(sessions.length).toBeGreaterThanOrEqual(4)
  expect(new Set(sessions).size).toBe(sessions.length) // a session that may not write is not used again
}, 60_000)

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
    await untilWithheld(engine)
    await engine.clock.advance('2m')
  }
  const attempts = await attemptsOf(engine)
  expect(new Set(attempts.map(({ outcome }) => outcome))).toEqual(new Set(['released']))
  for (const { error } of attempts) expect(error).toContain(said)
  expect(await engine.rows('select 1 from cascata.command_queue where failures > 0 or crashes > 0')).toEqual([])
  await engine.stop()
})

/** The role of the handlers may have so many connections. */
async function startWithFewConnections(
  most: number,
  parts: Parameters<typeof module>[1],
  concurrency?: number,
): Promise<Engine> {
  const few = `few_${randomBytes(4).toString('hex')}`
  return await startEngine(createApp([module('m', parts)]), {
    ...(concurrency ? { concurrency } : {}),
    database: (url) => ({ control: url, exec: Object.assign(new URL(url), { username: few }).href }),
    before: (url) =>
      asOwner(
        url,
        `create role ${few} login connection limit ${most}; grant usage on schema cascata to ${few};
         grant all on all tables in schema cascata to ${few}`,
      ),
  })
}

test('with more slots than the server gives connections, handlers wait for one, and nothing is given back', async () => {
  const sleep = async (db: Db) => void (await db.query('select pg_sleep(0.01)'))
  const engine = await startWithFewConnections(
    3,
    [
      handle(Alone, (_, { tx }) => sleep(tx)),
      handle(Shared, (_, { tx }) => sleep(tx)),
      effect(Call, (_, { db }) => sleep(db)),
    ],
    40,
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

/** A command whose handler keeps the connection from the moment in which `begun` opens until `ends` does. */
function holding() {
  const Hold = command('hold', data, { retry })
  const [begun, ends] = [gate(), gate()]
  const handler = handle(Hold, async (_, { tx }) => {
    await tx.query('select 1')
    begun.open()
    await ends.opened
  })
  return { Hold, handler, begun, ends }
}

test.each(['exclusive', 'shared'] as const)(
  '%s: a wait for a connection does not count to the timeout',
  async (transaction) => {
    const { Hold, handler, begun, ends } = holding()
    const Timed = command('timed', data, { timeout: '6s', retry: { attempts: 1 }, transaction })
    const engine = await startWithFewConnections(1, [
      handler,
      handle(Timed, async (_, { tx }) => {
        setTimeout(() => ends.open(), 4_000)
        await tx.query('select pg_sleep(4)')
      }),
    ])
    await engine.transaction((tx) => enqueue(tx, Hold({ id: '' })))
    await begun.opened
    await engine.transaction((tx) => enqueue(tx, Timed({ id: '' })))
    await engine.runUntilIdle()
    expect(
      await engine.rows(`select outcome, error, ms > 6000 as longer from cascata.attempts where type = 'timed'`),
    ).toEqual([{ outcome: 'success', error: null, longer: true }])
    expect(engine.errors).toEqual([])
    await engine.stop()
  },
)

test('time that a handler takes before it needs a connection counts', async () => {
  const Late = command('late', data, { timeout: '5s', retry: { attempts: 1 } })
  const engine = await startEngine(
    createApp([
      module('m', [
        handle(Late, async (_, { tx }) => {
          await new Promise((resolve) => setTimeout(resolve, 4_500))
          await tx.query('select pg_sleep(60)')
        }),
      ]),
    ]),
  )
  await engine.transaction((tx) => enqueue(tx, Late({ id: '' })))
  await engine.runUntilIdle()
  expect(await engine.rows(`select outcome, error, ms between 5000 and 9000 as in_time from cascata.attempts`)).toEqual(
    [{ outcome: 'error', error: expect.stringContaining('[timeout]'), in_time: true }],
  )
  await engine.stop()
})

test('a wait for a connection that is longer than the timeout ends with it, and is given back', async () => {
  const { Hold, handler, begun, ends } = holding()
  const Timed = command('timed', data, { timeout: '500ms', retry: { attempts: 1 } })
  const engine = await startWithFewConnections(1, [
    handler,
    handle(Timed, async (_, { tx }) => void (await tx.query('select 1'))),
  ])
  await engine.transaction((tx) => enqueue(tx, Hold({ id: '' })))
  await begun.opened
  await engine.transaction((tx) => enqueue(tx, Timed({ id: '' })))
  const outcomes = async () => {
    const rows = await engine.rows<{ outcome: string }>(`select outcome from cascata.attempts where type = 'timed'`)
    return rows.map(({ outcome }) => outcome)
  }
  await until(async () => (await outcomes()).length > 0, 'it is given back')
  expect(new Set(await outcomes())).toEqual(new Set(['released']))
  ends.open()
  await until(async () => {
    await engine.clock.advance('2m')
    return (await outcomes()).includes('success')
  }, 'it is done')
  await engine.stop()
})

import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { isSecondServer } from '../../test-support/engine-database.ts'
import { type Engine, startEngine } from '../../test-support/start-engine.ts'
import { type CascataError, command, createApp, type EffectContext, effect, enqueue, handle, module } from '../index.ts'

/** Sessions that end in the hands of a handler: by its own statement, by a limit, or with everybody else's. */
const data = z.object({ id: z.string() })
const Work = command('work', data, { retry: { attempts: 3 } })
const Shared = command('shared', data, { retry: { attempts: 3 }, transaction: 'shared' })
const Call = command('call', data, { retry: { attempts: 3 } })

type Db = EffectContext['db']
let work: (id: string, db: Db) => Promise<unknown>
let runs = 0
const run = (id: string, db: Db) => {
  runs++
  return work(id, db)
}
const app = createApp([
  module('work', [
    handle(Work, async ({ id }, { tx }) => void (await run(id, tx))),
    handle(Shared, async ({ id }, { tx }) => void (await run(id, tx))),
    effect(Call, async ({ id }, { db }) => void (await run(id, db))),
  ]),
])

let proxy: Proxy
let t: Engine
beforeAll(async () => {
  t = await startEngine(app, {
    database: (url) => ({ control: url, exec: proxy.url }),
    before: async (url) => {
      proxy = await startProxy(url)
    },
  })
})
afterAll(async () => {
  await t.stop()
  proxy.close()
})
beforeEach(async () => {
  runs = 0
  await t.pool.query('truncate ledger')
})

const insert = (db: Db, id: string) => db.query(`insert into ledger values ('work', $1)`, [id])
const attemptsOf = (id: string | undefined) =>
  t.rows<{ outcome: string; error_class: string; error: string }>(
    'select outcome, error_class, error from cascata.attempts where command_id = $1 order by claim_no',
    [id],
  )
const LOST_FOUR_TIMES = ['lost', 'lost', 'lost', 'lost', 'error']

test.each([
  ['terminates its own backend', `select pg_terminate_backend(pg_backend_pid()), pg_sleep(1)`, 'administrator command'],
  // A stand-in for a backend that the kernel kills: it says nothing.
  ['is cut off without a word', `select 'cut off here'`, 'Connection terminated'],
])(
  'a statement that %s ends in error after five losses, with what was said, and no failure is counted',
  async (_, text, said) => {
    work = (_id, db) => db.query(text)
    for (const make of [Work, Call]) {
      runs = 0
      const [id] = await t.transaction((tx) => enqueue(tx, make({ id: 'poison' })))
      await t.runThrough()
      const attempts = await attemptsOf(id)
      expect(attempts.map(({ outcome }) => outcome)).toEqual(LOST_FOUR_TIMES)
      expect(attempts[0]).toMatchObject({ error_class: 'SessionLost', error: expect.stringContaining(said) })
      expect(attempts[4]).toMatchObject({ error_class: 'CrashLoop', error: expect.stringContaining(said) })
      expect(runs).toBe(5)
    }
    expect(t.errors.some((e) => (e as CascataError).code === 'given-back' && String(e).includes(said))).toBe(true)
  },
)

test('so does one whose handler hears of it and carries on, and one that is the first of several', async () => {
  const kill = `select pg_terminate_backend(pg_backend_pid()), pg_sleep(1)`
  work = (_, db) => db.query(kill).catch(() => {})
  const [deaf] = await t.transaction((tx) => enqueue(tx, Work({ id: 'deaf' })))
  await t.runThrough()
  expect((await attemptsOf(deaf)).map(({ outcome }) => outcome)).toEqual(LOST_FOUR_TIMES)
  work = async (id, db) => {
    await insert(db, id)
    await db.query(kill)
  }
  const [second] = await t.transaction((tx) => enqueue(tx, Work({ id: 'second' })))
  await t.runThrough()
  expect((await attemptsOf(second)).map(({ outcome }) => outcome)).toEqual(LOST_FOUR_TIMES)
  expect(await t.ledger('work')).toEqual([])
})

test('between losses it waits, longer each time, and as a suspect from the second on', async () => {
  work = (_, db) => db.query(`select pg_terminate_backend(pg_backend_pid()), pg_sleep(1)`)
  const [id] = await t.transaction((tx) => enqueue(tx, Work({ id: 'poison' })))
  const queue = () => t.rows('select state, crashes, failures from cascata.command_queue where id = $1', [id])
  for (const crashes of [1, 2, 3, 4]) {
    await t.runUntilIdle()
    expect(await queue()).toEqual([{ state: 'scheduled', crashes, failures: 0 }])
    await t.clock.advance('1m')
  }
  await t.runUntilIdle()
  const waits = await t.rows<{ s: string }>(
    `select extract(epoch from next_at - ended_at) as s from cascata.attempts where command_id = $1 and not final
     order by claim_no`,
    [id],
  )
  for (const [i, { s }] of waits.entries()) {
    expect(Number(s)).toBeGreaterThanOrEqual(0.5 * 2 ** i - 0.001)
    expect(Number(s)).toBeLessThanOrEqual(2 ** i + 0.001)
  }
})

test('of commands that share a transaction only the one whose statement ends the session is counted', async () => {
  work = async (id, db) => {
    if (id === 'poison') await db.query(`select pg_terminate_backend(pg_backend_pid()), pg_sleep(1)`)
    else await insert(db, id)
  }
  const ids = ['a', 'b', 'poison', 'c', 'd']
  const commands = await t.transaction((tx) =>
    enqueue(
      tx,
      ids.map((id) => Shared({ id })),
    ),
  )
  await t.runThrough()
  expect((await t.ledger('work')).sort()).toEqual(['a', 'b', 'c', 'd'])
  for (const [i, id] of ids.entries()) {
    const outcomes = (await attemptsOf(commands[i])).map(({ outcome }) => outcome)
    if (id === 'poison') expect(outcomes).toEqual(LOST_FOUR_TIMES)
    else expect(outcomes.filter((outcome) => outcome === 'lost').length).toBeLessThanOrEqual(1)
  }
})

test('connections that all went stale at once count for a command once at the most, and it is done', async () => {
  work = (id, db) => insert(db, id)
  const many = Array.from({ length: 40 }, (_, i) => `warm ${i}`)
  await t.transaction((tx) =>
    enqueue(
      tx,
      many.map((id) => Work({ id })),
    ),
  )
  await t.runThrough()
  proxy.makeStale()
  const [id] = await t.transaction((tx) => enqueue(tx, Work({ id: 'through' })))
  await t.runThrough()
  const outcomes = (await attemptsOf(id)).map(({ outcome }) => outcome)
  expect(outcomes.filter((outcome) => outcome === 'lost').length).toBeLessThanOrEqual(1)
  expect(outcomes.at(-1)).toBe('success')
  expect((await t.ledger('work')).filter((l) => l === 'through')).toHaveLength(1)
})

test("a limit of the database on transactions is not the handlers' where the server can be told otherwise", async () => {
  if (isSecondServer) return // it has no such limit
  const own = await startEngine(app, {
    before: async (url) => {
      const { default: pg } = await import('pg')
      const owner = new pg.Client(url)
      await owner.connect()
      await owner.query(
        `do $$ begin execute format('alter database %I set transaction_timeout = ''200ms''', current_database()); end $$`,
      )
      await owner.end()
    },
  })
  work = async (id, db) => {
    await db.query('select pg_sleep(1)')
    await insert(db, id)
  }
  await own.transaction((tx) => enqueue(tx, Work({ id: 'long' })))
  await own.runThrough()
  expect(await own.ledger('work')).toEqual(['long'])
  expect(await own.rows('select outcome from cascata.attempts')).toEqual([{ outcome: 'success' }])
  await own.stop()
})

interface Proxy {
  readonly url: string
  /** Whatever is connected now ends, without a word, at the next thing that it says. */
  makeStale(): void
  close(): void
}

/** Ends the connection of whoever says that it wants to be cut off. */
async function startProxy(target: string): Promise<Proxy> {
  const to = new URL(target)
  const clients = new Set<Socket>()
  const stale = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(Number(to.port), to.hostname)
    clients.add(client)
    client.on('close', () => clients.delete(client))
    for (const socket of [client, upstream]) socket.on('error', () => {})
    client.on('data', (chunk: Buffer) => {
      if (!stale.has(client) && !chunk.includes('cut off here')) return void upstream.write(chunk)
      client.destroy()
      upstream.destroy()
    })
    upstream.on('data', (chunk) => client.write(chunk))
    client.on('close', () => upstream.end())
    upstream.on('close', () => client.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const url = new URL(target)
  url.hostname = '127.0.0.1'
  url.port = String(typeof address === 'object' ? address?.port : 0)
  return {
    url: url.href,
    makeStale() {
      for (const client of clients) stale.add(client)
    },
    close() {
      for (const client of clients) client.destroy()
      server.close()
    },
  }
}

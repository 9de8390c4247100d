import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { engineDatabase } from '../../test-support/engine-database.ts'
import { gate, until } from '../../test-support/until.ts'
import { LazyTransaction } from './lazy-transaction.ts'
import { createPool, type EnginePool, runner } from './pools.ts'

const role = `few_${randomBytes(4).toString('hex')}`
let owner: pg.Pool
let url: string
let drop: () => Promise<void>
let pool: EnginePool
beforeAll(async () => {
  const database = await engineDatabase()
  drop = database.drop
  owner = new pg.Pool({ connectionString: database.url, max: 1 })
  await owner.query(`create role ${role} login`)
  url = Object.assign(new URL(database.url), { username: role }).href
})
afterEach(async () => {
  if (!pool.ending) await pool.end()
  await owner.query(`alter role ${role} login connection limit -1`)
})
afterAll(async () => {
  await owner.query(`drop role ${role}`)
  await owner.end()
  await drop()
})

const allow = (n: number) => owner.query(`alter role ${role} connection limit ${n}`)
const inUse = () => pool.totalCount - pool.idleCount

test('requests beyond what the server gives wait for a connection of those that there are', async () => {
  await allow(3)
  pool = createPool(url, 20, 'few')
  const answers = await Promise.all(
    Array.from({ length: 40 }, async (_, n) => {
      const client = await pool.connect()
      try {
        return (await client.query<{ n: number }>('select $1::integer as n from pg_sleep(0.01)', [n])).rows[0]?.n
      } finally {
        client.release()
      }
    }),
  )
  expect(answers).toEqual(Array.from({ length: 40 }, (_, n) => n))
  const queries = Array.from({ length: 40 }, () => pool.query('select 1 as one'))
  expect((await Promise.all(queries)).flatMap(({ rows }) => rows)).toEqual(queries.map(() => ({ one: 1 })))
  await until(() => pool.totalCount <= 3, 'the try for one more has been refused')
})

test('a request that waits gets a connection as soon as the server gives one more', async () => {
  await allow(2)
  pool = createPool(url, 20, 'few')
  const { opened, open } = gate()
  const holds = Array.from({ length: 8 }, async () => {
    const client = await pool.connect()
    await opened
    client.release()
  })
  await until(() => inUse() === 2 && pool.waitingCount === 6, 'six wait')
  await allow(8)
  await until(() => inUse() === 8, 'all have one')
  open()
  await Promise.all(holds)
})

test.each(['destroy', 'rollback'] as const)(
  'a transaction that ends by %s while it waits leaves the connection that it is given to the next',
  async (end) => {
    pool = createPool(url, 1, 'few')
    const held = await pool.connect()
    const session = 'select pg_backend_pid() as pid'
    const { rows } = await held.query<{ pid: number }>(session)
    const waits = new LazyTransaction(pool, runner(true))
    const asked = waits.query('select 1')
    const ended = waits[end]()
    held.release()
    await expect(asked).rejects.toThrow('The transaction has ended')
    await ended
    expect((await pool.query(session)).rows).toEqual(rows)
  },
)

test('while there is none, requests fail with the words of the server, and the pool finds out that it is back', async () => {
  pool = createPool(url, 5, 'few')
  await pool.query('select 1')
  expect(pool.isAway).toBe(false)
  let backs = 0
  pool.onBack(() => backs++)
  await owner.query(`alter role ${role} nologin`)
  pool.dropIdle()
  for (let times = 0; times < 3; times++) {
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => pool.connect()))
    for (const result of results) {
      expect(String((result as PromiseRejectedResult).reason)).toContain('is not permitted to log in')
    }
    expect(pool.isAway).toBe(true)
  }
  expect(backs).toBe(0)
  await owner.query(`alter role ${role} login`)
  await until(() => backs === 1, 'it is back, and nobody asked')
  expect(pool.isAway).toBe(false)
  await Promise.all(Array.from({ length: 20 }, () => pool.query('select 1')))
  expect(backs).toBe(1)
})

/** Between the pool and the server: each new connection waits for what the test decides. */
async function startGate(target: string) {
  const { hostname, port } = new URL(target)
  const waiting: Socket[] = []
  const sockets = new Set<Socket>()
  let seen = 0
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    seen++
    sockets.add(socket.on('error', () => {}))
    waiting.push(socket)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = Object.assign(new URL(target), { port: String((server.address() as AddressInfo).port) })
  const next = () => until(() => waiting.shift(), 'one more try')
  return {
    url: Object.assign(address, { hostname: '127.0.0.1' }).href,
    get seen() {
      return seen
    },
    reached: (n: number) => until(() => seen >= n, `${n} tries`),
    async pass() {
      const socket = await next()
      const upstream = connect(Number(port), hostname).on('error', () => {})
      sockets.add(upstream)
      socket.pipe(upstream).pipe(socket)
    },
    async refuse() {
      ;(await next()).destroy()
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      await once(server.close(), 'close')
    },
  }
}

/** A request, and its end once there is one. */
function request() {
  const state: { client?: pg.PoolClient; error?: unknown } = {}
  pool.connect().then(
    (client) => Object.assign(state, { client }),
    (error: unknown) => Object.assign(state, { error }),
  )
  return state
}

test('while a try is under way no other is begun, and those who come are answered with it', async () => {
  const gated = await startGate(url)
  pool = createPool(gated.url, 20, 'few')
  const requests = [request(), request()]
  await gated.reached(2)
  await gated.refuse()
  await until(() => pool.totalCount === 1, 'one has failed')
  requests.push(request(), request())
  expect(pool.totalCount).toBe(1)
  expect(requests.filter(({ error }) => error)).toEqual([])
  await gated.refuse()
  await until(() => requests.every(({ error }) => error), 'all are refused')
  expect(gated.seen).toBe(2)
  await gated.close()
})

test('a hundred that wait when all connections are lost are answered after a try or two', async () => {
  const gated = await startGate(url)
  pool = createPool(gated.url, 2, 'few')
  const open = [request(), request()]
  await gated.pass()
  await gated.pass()
  await until(() => open.every(({ client }) => client), 'both are open')
  const requests = Array.from({ length: 100 }, () => request())
  pool.cutOff()
  for (const { client } of open) client?.release(true)
  for (let tries = 0; tries < 3; tries++) await gated.refuse()
  await until(() => requests.every(({ error }) => error), 'all are refused')
  expect(pool.isAway).toBe(true)
  const back = gate()
  pool.onBack(back.open)
  await gated.pass()
  await back.opened
  await pool.query('select 1')
  await pool.end()
  await gated.close()
})

test('a try that fails while there is none, and another that succeeds, leave the pool as large as it was', async () => {
  const gated = await startGate(url)
  pool = createPool(gated.url, 3, 'few')
  const first = request()
  await gated.pass()
  await until(() => first.client, 'one is open')
  const second = request()
  await gated.refuse()
  await gated.reached(3) // the pool tries by itself
  first.client?.release(true)
  await gated.reached(4) // in its stead, for the second
  await gated.refuse()
  await gated.pass()
  await until(() => second.client, 'the second has one')
  const more = [request(), request()]
  await gated.pass()
  await gated.pass()
  await until(() => more.every(({ client }) => client), 'as many as the pool may have')
  for (const { client } of [second, ...more]) client?.release()
  await pool.end()
  await gated.close()
})

test('the end of the pool refuses requests that wait', async () => {
  const gated = await startGate(url)
  pool = createPool(gated.url, 1, 'few')
  const first = request()
  await gated.pass()
  await until(() => first.client, 'one is open')
  const second = request()
  const ended = pool.end()
  await until(() => second.error, 'the second is refused')
  first.client?.release()
  await ended

  pool = createPool(gated.url, 2, 'few')
  const undecided = [request(), request()]
  await gated.refuse()
  await until(() => pool.totalCount === 1, 'one has failed')
  const endedToo = pool.end()
  await until(() => undecided.some(({ error }) => error), 'it is refused')
  await gated.refuse()
  await endedToo
  expect(undecided.every(({ error }) => error)).toBe(true)
  await gated.close()
})

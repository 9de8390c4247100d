import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { engineDatabase } from '../../test-support/engine-database.ts'
import { gate, until } from '../../test-support/until.ts'
import { createPool, type EnginePool } from './pools.ts'

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
  await pool.end()
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
  expect(pool.totalCount).toBeLessThanOrEqual(3)
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

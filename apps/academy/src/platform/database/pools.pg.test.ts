import { isOutage } from 'cascata'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FreshDatabase, freshDatabase } from '../../../../../scripts/testing/fresh-database.ts'
import { openPools, type Pools } from './pools.ts'
import { withTenant } from './with-tenant.ts'

const scope = { institutionId: '00000000-0000-4000-8000-000000000001' }

let database: FreshDatabase
let admin: pg.Client
let pools: Pools
beforeAll(async () => {
  database = await freshDatabase()
  admin = new pg.Client(database.url)
  await admin.connect()
  const { url } = database
  pools = openPools({ web: url, auth: url, console: url })
})
afterAll(async () => {
  await pools.close()
  await admin.end()
  await database.drop()
})

test('a connection that is lost while it is in use costs its request, and not the process', async () => {
  const lost = withTenant(pools.web, scope, async (tx) => {
    const { rows } = await tx.query<{ pid: number }>('select pg_backend_pid() as pid', [])
    const asleep = tx.query('select pg_sleep(60)', [])
    asleep.catch(() => {})
    await admin.query('select pg_terminate_backend($1)', [rows[0]?.pid])
    await asleep
  })
  await expect(lost).rejects.toThrow(/terminat/)
  expect(await withTenant(pools.web, scope, async (tx) => (await tx.query('select 1 as n', [])).rows)).toEqual([
    { n: 1 },
  ])
})

test.each([
  { readOnly: true, of: 'the transaction, which is a fault of ours', is: false },
  { readOnly: false, of: 'the server, which is an outage', is: true },
])('a write is refused for the sake of $of', async ({ readOnly, is }) => {
  const write = withTenant(
    pools.web,
    scope,
    async (tx) => {
      if (!readOnly) await tx.query('set local transaction_read_only = on', [])
      await tx.query('create table never ()', [])
    },
    { readOnly },
  )
  const error = await write.catch((reason: unknown) => reason)
  expect(error).toMatchObject({ message: expect.stringContaining('CREATE TABLE') })
  expect(isOutage(error)).toBe(is)
})

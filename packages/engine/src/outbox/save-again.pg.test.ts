import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { startTcpProxy } from '../../../../scripts/testing/tcp-proxy.ts'
import { type Engine, startEngine } from '../../test-support/start-engine.ts'
import { until } from '../../test-support/until.ts'
import { command, correctClock, createApp, Entity, enqueue, event, handle, module, on, save, uuidv7 } from '../index.ts'

/** A transaction is repeated with the same object: an event exists if, and only if, the change committed. */

const Renamed = event('account.renamed', z.object({ name: z.string() }))
const RenameTwice = command('rename.twice', z.object({ tenant: z.string() }))
const tenant = uuidv7()

class Account extends Entity {
  readonly entityType = 'account'
  readonly tenant = tenant
  readonly id = uuidv7()
  version: number | undefined
  name = ''

  rename(name: string): this {
    this.name = name
    this.emit(Renamed({ name }))
    return this
  }

  row() {
    const row = { table: 'accounts', key: { id: this.id }, values: { name: this.name } }
    return this.version === undefined ? row : { ...row, version: this.version }
  }
}

const handled: string[] = []
let returned: string[][] = []
let t: Engine
let client: pg.Client
beforeAll(async () => {
  const app = createApp([
    module('accounts', [
      on(Renamed, 'hear', ({ name }) => void handled.push(name)),
      handle(RenameTwice, async (_, { tx }) => {
        const account = new Account().rename('first')
        returned = [await save(tx, account)]
        returned.push(await save(tx, account.rename('second')))
      }),
    ]),
  ])
  t = await startEngine(app)
  await t.pool.query('create table accounts (id uuid primary key, name text, version integer)')
  client = await connected(t.url)
})
afterAll(async () => {
  await client.end()
  await t.stop()
})

async function connected(url: string): Promise<pg.Client> {
  const other = new pg.Client({ connectionString: url })
  other.on('error', () => {})
  await other.connect()
  return other
}
const eventsOf = async (account: Account) =>
  await t.rows<{ id: string; name: string }>(
    `select id, data->>'name' as name from cascata.events where tenant = $1 and entity_id = $2 order by id`,
    [tenant, account.id],
  )
const idsOf = async (account: Account) => (await eventsOf(account)).map(({ id }) => id)
const rowsOf = async (account: Account) =>
  (await t.rows<{ n: number }>('select count(*)::integer as n from accounts where id = $1', [account.id]))[0]?.n
const conflict = () => Object.assign(new Error('could not serialize access'), { code: '40001' })
const isConflict = (error: unknown) => (error as { code?: unknown }).code === '40001'

/** The usual helper: the callback again, with the same objects, until it commits. */
async function retried<T>(on: pg.Client, work: (attempt: number) => Promise<T>, begin = 'begin'): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    await on.query(begin)
    try {
      const result = await work(attempt)
      await on.query('commit')
      return result
    } catch (error) {
      await on.query('rollback')
      if (!isConflict(error) || attempt > 5) throw error
    }
  }
}

test.each([1, 2, 3])(
  'rolled back and repeated, with %i events: each is there once, with the id that it had',
  async (n) => {
    const account = new Account()
    for (let i = 0; i < n; i++) account.rename(`n${i}`)
    const ids: string[][] = []
    await retried(client, async (attempt) => {
      ids.push(await save(client, account))
      if (attempt < 3) throw conflict()
    })
    expect(await rowsOf(account)).toBe(1)
    expect(await idsOf(account)).toEqual(ids[0])
    expect(ids).toEqual([ids[0], ids[0], ids[0]])
    expect(ids[0]).toHaveLength(n)
  },
)

test('a serialization failure that the server raises: in the save itself, and only at the commit', async () => {
  const account = new Account().rename('first')
  await retried(client, () => save(client, account))
  account.rename('second')
  const inSave = await retried(
    client,
    async (attempt) => {
      await client.query('select * from accounts')
      if (attempt === 1) await t.pool.query(`update accounts set name = 'theirs' where id = $1`, [account.id])
      await save(client, account)
      return attempt
    },
    'begin isolation level repeatable read',
  )
  account.rename('third')
  const atCommit = await retried(
    client,
    async (attempt) => {
      await client.query('select count(*) from accounts')
      await save(client, account)
      if (attempt > 1) return attempt
      const other = await connected(t.url) // reads what this one writes, and writes what it has read
      await other.query('begin isolation level serializable')
      await other.query('select count(*) from accounts')
      await save(other, new Account())
      await other.query('commit')
      await other.end()
      return attempt
    },
    'begin isolation level serializable',
  )
  expect([inSave, atCommit]).toEqual([2, 2])
  expect((await eventsOf(account)).map(({ name }) => name)).toEqual(['first', 'second', 'third'])
})

test('a Kysely transaction that is executed again', async () => {
  const kysely = new Kysely<Record<string, never>>({
    dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: t.url, max: 1 }) }),
  })
  const account = new Account().rename('kysely')
  const once = (fails: boolean) =>
    kysely.transaction().execute(async (trx) => {
      const ids = await save(trx, account)
      if (fails) throw conflict()
      return ids
    })
  await expect(once(true)).rejects.toThrow('could not serialize')
  const ids = await once(false)
  await once(false)
  await kysely.destroy()
  expect(ids).toHaveLength(1)
  expect(await idsOf(account)).toEqual(ids)
})

test('saved again after the commit, with and without new events: nothing is emitted or handled twice', async () => {
  const account = new Account().rename('once')
  const first = await retried(client, () => save(client, account))
  await t.runUntilIdle() // its row in the queue is gone
  expect(await retried(client, () => save(client, account))).toEqual(first)
  expect(await retried(client, () => save(client, account))).toEqual([]) // the save before this one has found it committed
  account.rename('twice')
  const [second] = await retried(client, () => save(client, account))
  await t.runUntilIdle()
  expect(await idsOf(account)).toEqual([...first, second])
  expect(handled.filter((name) => name === 'once' || name === 'twice')).toEqual(['once', 'twice'])
})

test('saved twice in one transaction with new events between, which is rolled back and repeated', async () => {
  const account = new Account().rename('a')
  const ids = await retried(client, async (attempt) => {
    const first = await save(client, account)
    if (attempt === 1) account.rename('b').rename('c')
    const both = await save(client, account)
    if (attempt === 1) throw conflict()
    return [first, both]
  })
  expect((await eventsOf(account)).map(({ name }) => name)).toEqual(['a', 'b', 'c'])
  expect(ids[1]).toEqual(await idsOf(account))
  expect(ids[0]).toEqual(ids[1])
})

test('a savepoint that is rolled back inside the transaction', async () => {
  const account = new Account().rename('kept')
  await retried(client, async () => {
    await save(client, account)
    account.rename('undone')
    await client.query('savepoint s')
    await save(client, account)
    await client.query('rollback to savepoint s')
    expect((await client.query('select 1 from cascata.events where entity_id = $1', [account.id])).rowCount).toBe(1)
    await save(client, account)
  })
  expect((await eventsOf(account)).map(({ name }) => name)).toEqual(['kept', 'undone'])
})

test.each([
  ['took effect', 'lose-answer'],
  ['did not', 'lose-commit'],
] as const)('a COMMIT without an answer that %s, repeated on another connection', async (_, fate) => {
  const proxy = await startTcpProxy(t.url)
  const lossy = await connected(proxy.url)
  const account = new Account().rename(fate)
  await lossy.query('begin')
  const first = await save(lossy, account)
  proxy.fate = () => fate
  await expect(lossy.query('commit')).rejects.toThrow()
  await proxy.close()
  expect(await retried(client, () => save(client, account))).toEqual(first)
  await t.runUntilIdle()
  expect(await idsOf(account)).toEqual(first)
  expect(handled.filter((name) => name === fate)).toEqual([fate])
})

test.each(['commit', 'rollback'])(
  'repeated while the first transaction is still open, which then ends in %s',
  async (end) => {
    const other = await connected(t.url)
    const account = new Account().rename('still open')
    await other.query('begin')
    const first = await save(other, account)
    await client.query('begin')
    const saving = save(client, account)
    const pid = (client as unknown as { processID: number }).processID
    await until(
      async () => (await t.rows('select 1 where cardinality(pg_blocking_pids($1)) > 0', [pid])).length === 1,
      'the second waits for the first',
    )
    await other.query(end)
    expect(await saving).toEqual(first)
    await client.query('commit')
    await other.end()
    expect(await idsOf(account)).toEqual(first)
  },
)

test('an entity with a version: repeated after a rollback, refused as stale after a commit, and nothing twice', async () => {
  const account = new Account().rename('new')
  account.version = 0
  await retried(client, () => save(client, account))
  account.rename('later').version = 1
  await retried(client, async (attempt) => {
    await save(client, account)
    if (attempt === 1) throw conflict()
  })
  await expect(retried(client, () => save(client, account))).rejects.toMatchObject({ code: 'stale-entity' })
  expect((await eventsOf(account)).map(({ name }) => name)).toEqual(['new', 'later'])
})

test('a clock that was wrong and is corrected: the same object is saved then', async () => {
  const account = new Account().rename('when?')
  correctClock(-2 * 86_400_000)
  try {
    await expect(retried(client, () => save(client, account))).rejects.toMatchObject({ code: 'clock-skew' })
  } finally {
    correctClock(0)
  }
  const ids = await retried(client, () => save(client, account))
  expect(await idsOf(account)).toEqual(ids)
})

test('what was handed over more than a day ago and is not there is refused, and never lost in silence', async () => {
  const account = new Account().rename('old')
  correctClock(-2 * 86_400_000)
  try {
    // As two days ago, in a transaction that was rolled back then.
    await save({ query: async () => ({ rows: [{}], rowCount: 1 }) } as never, account)
  } finally {
    correctClock(0)
  }
  await expect(retried(client, () => save(client, account))).rejects.toMatchObject({
    code: 'stale-entity',
    message: expect.stringContaining('more than a day ago'),
  })
  expect(await rowsOf(account)).toBe(0)
})

test('a handler that saves twice: all events are of its command and root', async () => {
  const [id] = await t.transaction((tx) => enqueue(tx, RenameTwice({ tenant }), { tenant }))
  await t.runUntilIdle()
  const rows = await t.rows(
    `select id, data->>'name' as name, root_id from cascata.events where tenant = $1 and command_id = $2 order by id`,
    [tenant, id],
  )
  expect(rows).toEqual([
    { id: returned[0]?.[0], name: 'first', root_id: id },
    { id: returned[1]?.[1], name: 'second', root_id: id },
  ])
  expect(returned[1]?.[0]).toBe(returned[0]?.[0])
})

import { Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type Engine, startEngine } from '../../test-support/start-engine.ts'
import { command, correctClock, createApp, Entity, enqueue, event, handle, module, save, uuidv7 } from '../index.ts'

const Renamed = event('account.renamed', z.object({ name: z.string() }))
const Audit = command('audit', z.object({ n: z.number() }))

class Account extends Entity {
  readonly entityType = 'account'
  readonly tenant: string
  readonly id: string
  readonly version: number | undefined
  name = ''

  constructor(tenant = uuidv7(), id = uuidv7(), version?: number) {
    super()
    this.tenant = tenant
    this.id = id
    this.version = version
  }

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

let t: Engine
beforeAll(async () => {
  t = await startEngine(createApp([module('accounts', [Renamed, handle(Audit, () => {})])]))
  await t.pool.query('create table accounts (id uuid primary key, name text, version integer)')
})
afterAll(() => t.stop())

const names = async (account: Account) =>
  (await t.rows<{ name: string }>('select name from accounts where id = $1', [account.id])).map(({ name }) => name)
const eventsOf = async (account: Account) =>
  (
    await t.rows<{ name: string }>(
      `select data->>'name' as name from cascata.events where tenant = $1 and entity_id = $2 order by id`,
      [account.tenant, account.id],
    )
  ).map(({ name }) => name)

test('the row and its events commit together, in the order in which they were emitted', async () => {
  const account = new Account().rename('a').rename('b')
  const ids = await t.transaction((tx) => save(tx, account, { actor: 'ana', trace: '00-1-2-01' }))
  expect(await names(account)).toEqual(['b'])
  expect(await eventsOf(account)).toEqual(['a', 'b'])
  expect(account.emitted).toEqual([])
  const rows = await t.rows(
    'select id, entity_type, actor, trace, root_id = id as is_root from cascata.events where tenant = $1 order by id',
    [account.tenant],
  )
  expect(rows).toEqual(
    ids.map((id) => ({ id, entity_type: 'account', actor: 'ana', trace: '00-1-2-01', is_root: true })),
  )
})

test('a rollback leaves neither row nor event', async () => {
  const account = new Account().rename('gone')
  const work = t.transaction(async (tx) => {
    await save(tx, account)
    throw new Error('no')
  })
  await expect(work).rejects.toThrow('no')
  expect(await names(account)).toEqual([])
  expect(await eventsOf(account)).toEqual([])
})

test('a Kysely transaction that the caller owns is an outbox too', async () => {
  const kysely = new Kysely<Record<string, never>>({
    dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: t.url, max: 1 }) }),
  })
  const kept = new Account().rename('kept')
  const gone = new Account().rename('gone')
  const [id] = await kysely.transaction().execute((tx) => save(tx, kept))
  const lost = kysely.transaction().execute(async (tx) => {
    await save(tx, gone)
    await sql`select 1/0`.execute(tx)
  })
  await expect(lost).rejects.toThrow('division by zero')
  await kysely.destroy()
  expect(await names(kept)).toEqual(['kept'])
  expect(await t.rows('select 1 from cascata.events where tenant = $1 and id = $2', [kept.tenant, id])).toHaveLength(1)
  expect(await names(gone)).toEqual([])
  expect(await eventsOf(gone)).toEqual([])
})

test('any number of events and the row take one statement', async () => {
  const account = new Account()
  for (let i = 0; i < 50; i++) account.rename(`n${i}`)
  let statements = 0
  await t.transaction((tx) =>
    save(
      {
        query: (text: string, values?: readonly unknown[]) => {
          statements++
          return tx.query(text, values)
        },
      } as never,
      account,
    ),
  )
  expect(statements).toBe(1)
  expect(await eventsOf(account)).toHaveLength(50)
})

test('of two that loaded the same version one is saved; the other is refused and emits nothing', async () => {
  const tenant = uuidv7()
  const id = uuidv7()
  await t.transaction((tx) => save(tx, new Account(tenant, id, 0).rename('new')))
  const [one, two] = [new Account(tenant, id, 1).rename('one'), new Account(tenant, id, 1).rename('two')]
  await t.transaction((tx) => save(tx, one))
  await expect(t.transaction((tx) => save(tx, two))).rejects.toMatchObject({ code: 'stale-entity' })
  await expect(t.transaction((tx) => save(tx, new Account(tenant, id, 0).rename('again')))).rejects.toMatchObject({
    code: 'stale-entity',
  })
  expect(await names(one)).toEqual(['one'])
  expect(await eventsOf(one)).toEqual(['new', 'one'])
  expect(two.emitted).toHaveLength(1)
})

test('an entity without a version is inserted, then overwritten; one with nothing to say emits nothing', async () => {
  const account = new Account()
  await t.transaction((tx) => save(tx, account))
  account.name = 'later'
  expect(await t.transaction((tx) => save(tx, account))).toEqual([])
  expect(await names(account)).toEqual(['later'])
  expect(await eventsOf(account)).toEqual([])
})

test.each([
  ['a day and more behind', -86_400_000 - 60_000],
  ['more than five minutes ahead', 360_000],
])('a clock that is %s is refused, and nothing is written', async (_, skewMs) => {
  const account = new Account().rename('when?')
  correctClock(skewMs)
  try {
    await expect(t.transaction((tx) => save(tx, account))).rejects.toMatchObject({ code: 'clock-skew' })
  } finally {
    correctClock(0)
  }
  expect(await names(account)).toEqual([])
})

test.each([uuidv7(), 'acme'])('an entity of another tenant than the transaction is refused: %s', async (tenant) => {
  const account = new Account().rename('theirs')
  const work = t.transaction(async (tx) => {
    await tx.query(`select set_config('cascata.tenant', $1, true)`, [tenant])
    await save(tx, account)
  })
  await expect(work).rejects.toMatchObject({ code: 'tenant-mismatch' })
  expect(await names(account)).toEqual([])
})

test('a setting of the application itself, whatever its name and value, is none of ours', async () => {
  const account = new Account().rename('mine')
  await t.transaction(async (tx) => {
    await tx.query(`select set_config('app.tenant', 'acme', true), set_config('app.tenant_id', '7', true)`)
    await save(tx, account)
    await enqueue(tx, Audit({ n: 1 }), { tenant: account.tenant })
  })
  expect(await eventsOf(account)).toEqual(['mine'])
})

test('the tenant of the transaction may be written in capitals', async () => {
  const account = new Account().rename('mine')
  await t.transaction(async (tx) => {
    await tx.query(`select set_config('cascata.tenant', $1, true)`, [account.tenant.toUpperCase()])
    await save(tx, account)
  })
  expect(await eventsOf(account)).toEqual(['mine'])
})
test('a process with a wrong clock follows the database’s from the first refusal on', async () => {
  const account = new Account().rename('then')
  correctClock(30 * 86_400_000)
  try {
    await expect(t.transaction((tx) => save(tx, account))).rejects.toMatchObject({ code: 'clock-skew' })
    const [id] = await t.transaction((tx) => save(tx, account))
    const [row] = await t.rows<{ ms: number }>(
      'select abs(cascata.uuid_ms($1) - extract(epoch from now()) * 1000)::float8 as ms',
      [id],
    )
    expect(row?.ms).toBeLessThan(60_000)
  } finally {
    correctClock(0)
  }
})

import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { Thing } from '../../test-support/ledger-app.ts'
import { type Engine, startEngine } from '../../test-support/start-engine.ts'
import { until } from '../../test-support/until.ts'
import {
  addToBatch,
  batch,
  CascataError,
  command,
  createApp,
  decideUnknown,
  effect,
  enqueue,
  event,
  handle,
  isDatabaseTimeout,
  module,
  on,
  reprocess,
  save,
  sealBatch,
  unknown,
} from '../index.ts'

/** The caller's transaction and session belong to the caller: isolation level, settings and names that are in the way. */
const id = z.object({ id: z.string() })
const Member = command('member', id)
const Fails = command('fails', id, { retry: { attempts: 1 } })
const Done = command('done', id)
const Held = command('held', id)
const Together = command('together', id, { transaction: 'shared' })
const Group = command('group', id)
const Happened = event('happened', id)
const write = 'insert into ledger (what, id) values ($1, $2)'
const app = createApp([
  module('sessions', [
    on(Happened, 'react', ({ id }) => Member({ id })),
    handle(Member, async ({ id }, { tx }) => void (await tx.query(write, ['member', id]))),
    handle(Done, async ({ id }, { tx }) => void (await tx.query(write, ['done', id]))),
    handle(Fails, () => {
      throw new Error('no')
    }),
    effect(Held, () => unknown('nobody knows'), { onUnknown: 'hold' }),
    handle(Together, async ({ id }, { tx }) => void (await tx.query(write, ['together', id]))),
    handle(Group, async ({ id }, { tx }) => {
      await tx.query('select 1')
      return batch('members', [id], (id) => Member({ id })).next(Done({ id: `next ${id}` }))
    }),
  ]),
])

let t: Engine
const clients: pg.Client[] = []
beforeEach(async () => {
  t = await startEngine(app)
})
afterEach(async () => {
  for (const client of clients.splice(0)) await client.end()
  await t.stop()
})

async function connected(options = '', url = t.url): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, options: `-c statement_timeout=20s ${options}` })
  client.on('error', () => {})
  await client.connect()
  clients.push(client)
  return client
}

const openBatch = () =>
  t.transaction(async (tx) => {
    const [id] = await enqueue(
      tx,
      batch('members', ['first'], (id) => Member({ id }))
        .next(Done({ id: 'next' }))
        .open(),
    )
    return id as string
  })
const inDatabase = async (what: string) => until(async () => (await t.ledger(what)).length > 0, what)

test.each(['repeatable read', 'serializable'])(
  'a batch that is sealed by a transaction that does not see that its member has ended goes on: %s',
  async (level) => {
    const sealer = await connected()
    const batchId = await openBatch()
    await sealer.query(`begin isolation level ${level}`)
    await sealer.query('select count(*) from cascata.command_queue')
    await inDatabase('member')
    await until(
      async () => (await t.rows(`select 1 from cascata.attempts where type = 'member'`)).length === 1,
      'recorded',
    )
    await sealBatch(sealer, batchId)
    await sealer.query('commit')
    await inDatabase('done')
    expect(await t.ledger('done')).toEqual(['next'])
  },
)

test.each(['repeatable read', 'serializable'])(
  'a batch cannot be sealed by a transaction that does not see a member that was added meanwhile: %s',
  async (level) => {
    const sealer = await connected()
    const batchId = await openBatch()
    await inDatabase('member')
    await sealer.query(`begin isolation level ${level}`)
    await sealer.query('select count(*) from cascata.command_queue')
    await t.transaction((tx) => addToBatch(tx, batchId, [Fails({ id: 'late' })]))
    await expect(sealBatch(sealer, batchId)).rejects.toMatchObject({ code: '40001' })
    await sealer.query('rollback')
    await t.transaction((tx) => sealBatch(tx, batchId))
    await t.runUntilIdle()
    expect(await t.ledger('done')).toEqual([])
  },
)

test('of two that reprocess at once with older snapshots one makes a copy, at every level', async () => {
  const levels = ['read committed', 'repeatable read', 'serializable']
  const ids = await t.transaction((tx) =>
    enqueue(
      tx,
      levels.map((level) => Fails({ id: level })),
    ),
  )
  await t.runUntilIdle()
  await t.daemon.stop()
  for (const [at, level] of levels.entries()) {
    const commandId = ids[at] as string
    const order = { commandId, author: 'ana', reason: 'again' }
    const [one, two] = [await connected(), await connected()]
    for (const client of [one, two]) {
      await client.query(`begin isolation level ${level}`)
      await client.query('select count(*) from cascata.commands')
    }
    const results = await Promise.all(
      [one, two].map(async (client) => {
        try {
          await reprocess(client, order)
          await client.query('commit')
          return 'made'
        } catch (error) {
          await client.query('rollback')
          return (error as { code: string }).code
        }
      }),
    )
    const expected = {
      'read committed': ['made', 'reprocess-open'],
      'repeatable read': ['isolation-level', 'isolation-level'],
      serializable: ['40001', 'made'],
    }[level]
    expect(results.sort()).toEqual(expected)
    const copies = await t.rows(`select 1 from cascata.commands where origin = 'reprocess' and origin_id = $1`, [
      commandId,
    ])
    expect(copies).toHaveLength(level === 'repeatable read' ? 0 : 1)
  }
})

const HOSTILE = [
  ['strings as they once were', '-c standard_conforming_strings=off'],
  ['German dates', '-c datestyle=German'],
  ['other intervals', '-c intervalstyle=sql_standard'],
  ['rounded numbers', '-c extra_float_digits=-15'],
  ['escaped bytes', '-c bytea_output=escape'],
  ['another zone', '-c timezone=Pacific/Chatham'],
  ['row security off', '-c row_security=off'],
  ['names of its own in the way', '-c search_path=shadows,pg_catalog'],
] as const

const SHADOWS = `create schema shadows;
  create function shadows.now() returns timestamptz language sql as $$ select '1999-01-01'::timestamptz $$;
  create function shadows.clock_timestamp() returns timestamptz language sql as $$ select '1999-01-01'::timestamptz $$;
  create function shadows.date_trunc(text, timestamptz, text) returns timestamptz language sql as $$ select '1999-01-01'::timestamptz $$;
  create function shadows.to_timestamp(double precision) returns timestamptz language sql as $$ select '1999-01-01'::timestamptz $$;
  create function shadows.gen_random_uuid() returns uuid language sql as $$ select '00000000-0000-0000-0000-000000000001'::uuid $$;
  create function shadows.current_setting(text, boolean) returns text language sql as $$ select 'x' $$;
  create function shadows.lpad(text, integer, text) returns text language sql as $$ select 'x' $$;
  create function shadows.hashtextextended(text, bigint) returns bigint language sql as $$ select 1::bigint $$;
  create function shadows.jsonb_array_length(jsonb) returns integer language sql as $$ select 0 $$`

test.each(HOSTILE)('everything is saved and done as ever by a session with %s', async (_, options) => {
  await t.pool.query(`${SHADOWS}; create view shadows.things as select * from public.things`)
  const client = await connected(options)
  await client.query('begin')
  await save(client, new Thing([Happened({ id: 'back\\slash' })]))
  await save(client, new Thing([Happened({ id: 'one' }), Happened({ id: 'two' })]))
  await enqueue(client, [Member({ id: 'alike' }), Member({ id: 'alike too' })])
  await enqueue(client, Held({ id: 'held' }))
  const [batchId = ''] = await enqueue(
    client,
    batch('b', [], () => Member({ id: '' }))
      .next(Done({ id: 'next' }))
      .open(),
  )
  await addToBatch(client, batchId, [Member({ id: 'added' }), Fails({ id: 'failed' })])
  await client.query('commit')
  await t.runUntilIdle()
  const [failed] = await t.rows<{ id: string }>(`select id from cascata.commands where type = 'fails'`)
  await client.query('begin')
  await sealBatch(client, batchId)
  await reprocess(client, { commandId: failed?.id as string, author: 'ana', reason: 'again' })
  const [held] = await t.rows<{ id: string }>(`select id from cascata.commands where type = 'held'`)
  await decideUnknown(client, { commandId: held?.id as string, decision: 'discard', author: 'ana', reason: 'gone' })
  await client.query('commit')
  await t.runUntilIdle()
  expect(await t.rows(`select status from cascata.command_statuses where type = 'held'`)).toEqual([{ status: 'error' }])
  expect(await t.rows(`select 1 from cascata.tally_deltas where hour < now() - interval '1 day'`)).toEqual([])
  expect((await t.ledger('member')).sort()).toEqual(['added', 'alike', 'alike too', 'back\\slash', 'one', 'two'])
  expect(await t.rows('select size from cascata.batches')).toEqual([{ size: 2 }])
  const { rows } = await client.query<{ n: number }>(
    `select pg_catalog.count(*)::integer as n from cascata.retention_report('30 days'::interval)`,
  )
  expect(rows[0]?.n).toBeGreaterThanOrEqual(5)
})

test.each([
  ['names of its own in the way', 'search_path = public, shadows, pg_catalog'],
  ['arrays without nulls', 'array_nulls = off'],
  ['a limit for locks', `lock_timeout = '1ms'`],
])('everything is done as ever by daemons whose database has %s', async (_, setting) => {
  const engine = await startEngine(app, {
    before: async (url) => {
      const client = new pg.Client(url)
      await client.connect()
      await client.query(`${SHADOWS}; alter database ${new URL(url).pathname.slice(1)} set ${setting}`)
      await client.end()
    },
  })
  try {
    const client = await connected('-c search_path=public', engine.url)
    await client.query('begin')
    await save(client, new Thing([Happened({ id: 'event' })]))
    const groups = batch('groups', ['a', 'b', 'c'], (id) => Group({ id })).next(Done({ id: 'groups' }))
    await enqueue(client, [
      groups,
      Together({ id: 'one' }),
      Together({ id: 'two' }),
      Held({ id: 'held' }),
      Fails({ id: 'no' }),
    ])
    await client.query('commit')
    await engine.runThrough()
    expect((await engine.ledger()).sort()).toEqual(
      ['a', 'b', 'c', ...['a', 'b', 'c'].map((id) => `next ${id}`), 'event', 'groups', 'one', 'two'].sort(),
    )
    const statuses = await client.query(
      `select type, status from cascata.command_statuses where status <> 'success' order by type`,
    )
    expect(statuses.rows).toEqual([
      { type: 'fails', status: 'error' },
      { type: 'held', status: 'unknown' },
    ])
    const old = await client.query(
      `select ended_at from cascata.attempts where ended_at < now() - interval '1 day' or started_at < now() - interval '1 day'
       union all select hour from cascata.tallies where hour < now() - interval '1 day'`,
    )
    expect(old.rows).toEqual([])
    // The handlers' own statements keep the limit: what meets it at its beginning is given back, and done later.
    const met = (error: unknown) =>
      error instanceof CascataError &&
      error.code === 'given-back' &&
      isDatabaseTimeout(error) &&
      setting.includes('lock')
    expect(engine.errors.filter((error) => !met(error))).toEqual([])
  } finally {
    await engine.stop()
  }
})

import fc from 'fast-check'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import type { FreshDatabase } from '../../../../scripts/testing/fresh-database.ts'
import { engineDatabase } from '../../test-support/engine-database.ts'
import { until } from '../../test-support/until.ts'
import { addToBatch, batch, command, enqueue, reprocess, SINGLE_TENANT, sealBatch, uuidv7 } from '../index.ts'

/**
 * Two sessions on one batch, a statement at a time: every order in which a member's end, a reprocessing, an addition and
 * the settling can meet. No daemon runs: the test plays its part.
 */
const Member = command('member', z.object({ n: z.number() }))
const Next = command('next', z.object({}))
const Failed = command('failed', z.object({}))
const daemon = '00000000-0000-7000-8000-00000000da03'
const token = '00000000-0000-4000-8000-0000000070ce'

let database: FreshDatabase
let [a, b, c]: pg.Client[] = []
beforeAll(async () => {
  database = await engineDatabase()
  ;[a, b, c] = [0, 1, 2].map(() => new pg.Client(database.url))
  await Promise.all([a, b, c].map((client) => client?.connect()))
})
afterAll(async () => {
  await Promise.all([a, b, c].map((client) => client?.end()))
  await database.drop()
})

// A test that fails in the middle leaves the others their sessions.
afterEach(async () => {
  await Promise.all([a, b, c].map((client) => client?.query('rollback')))
})

let batchId: string
let members: string[]
beforeEach(async () => {
  await open(3)
})

async function open(size: number, policy?: { atLeastPercent: number } | 'all-finished', sealed = true): Promise<void> {
  const numbers = Array.from({ length: size }, (_, n) => n)
  let value = batch('members', numbers, (n) => Member({ n }))
    .next(Next({}))
    .onFailure(Failed({}))
  if (policy) value = value.succeedsWhen(policy)
  if (!sealed) value = value.open()
  ;[batchId] = (await enqueue(a as pg.Client, value)) as [string]
  members = (await one(`select array_agg(id order by id) as ids from cascata.commands where batch_id = $1`, [batchId]))[
    'ids'
  ] as string[]
  await claim(...(members ?? []))
}

const one = async (sql: string, values: unknown[] = []): Promise<Record<string, unknown>> =>
  (await (c as pg.Client).query(sql, values)).rows[0]

async function claim(...ids: string[]): Promise<void> {
  await (c as pg.Client).query(
    `update cascata.command_queue set state = 'processing', claim_no = claim_no + 1, token = $2, claimed_by = $3 where id = any($1)`,
    [ids, token, daemon],
  )
}

/** A member's end, as the grouped completion writes it. */
async function finish(
  on: pg.Client,
  id: string,
  outcome: 'success' | 'error' | 'cancelled' = 'success',
): Promise<void> {
  await on.query(
    `select cascata.settle_commands($1, $2, array[$3]::uuid[], array[$4]::uuid[], array[$5], array[true], array[0], array[1],
       array[$5 = 'error'], array[null]::double precision[], array[null]::text[], array[null]::jsonb[], null,
       array[null]::text[], array[null]::text[])`,
    [SINGLE_TENANT, daemon, id, token, outcome],
  )
}

const probe = (on: pg.Client, id = batchId) => on.query(`select cascata.probe_batch($1, $2)`, [SINGLE_TENANT, id])

async function state() {
  const { state } = await one('select state from cascata.batches where id = $1', [batchId])
  const released = await one(
    `select count(*) filter (where q.state <> 'awaiting')::integer as n from cascata.commands c
     join cascata.command_queue q on q.tenant = c.tenant and q.id = c.id where c.origin = 'batch' and c.origin_id = $1`,
    [batchId],
  )
  const failures = await one(
    `select count(*)::integer as n from cascata.commands where origin = 'batch-failure' and origin_id = $1`,
    [batchId],
  )
  return { state, next: released['n'], onFailure: failures['n'] }
}

/** Waits until the session waits for a lock: only then has the other's lock decided the order. */
async function blocked(client: pg.Client): Promise<void> {
  const pid = (client as unknown as { processID: number }).processID
  await until(
    async () => (await one('select cardinality(pg_blocking_pids($1)) > 0 as waits', [pid]))['waits'] === true,
    'the session waits for a lock',
  )
}

const openYet = { state: 'open', next: 0, onFailure: 0 }
const succeeded = { state: 'success', next: 1, onFailure: 0 }

test('the last two end at the same time and neither sees the other: whoever probes after both commits settles it', async () => {
  const [A, B] = [a as pg.Client, b as pg.Client]
  await finish(A, members[0] as string)
  await A.query('begin')
  await B.query('begin')
  await finish(A, members[1] as string)
  await finish(B, members[2] as string)
  await A.query('commit')
  await probe(A)
  expect(await state()).toEqual(openYet)
  await B.query('commit')
  await probe(B)
  expect(await state()).toEqual(succeeded)
})

test('probing many times and by several at once releases the next command once', async () => {
  for (const id of members) await finish(a as pg.Client, id)
  await Promise.all(
    [a, b, c].map(async (client) => {
      for (let i = 0; i < 10; i++) await probe(client as pg.Client)
    }),
  )
  expect(await state()).toEqual(succeeded)
})

test('a settling that waits for a reprocessing sees its copy when it goes on', async () => {
  const [A, B] = [a as pg.Client, b as pg.Client]
  await finish(A, members[0] as string, 'error')
  await finish(A, members[1] as string)
  await finish(A, members[2] as string)
  await A.query('begin')
  await reprocess(A, { commandId: members[0] as string, author: 'ana', reason: 'x' })
  const settling = B.query('select cascata.settle_batch($1, $2)', [SINGLE_TENANT, batchId])
  await blocked(B)
  await A.query('commit')
  await settling
  expect(await state()).toEqual(openYet)
})

test('a reprocessing that waits for a settling opens the batch again', async () => {
  const [A, B] = [a as pg.Client, b as pg.Client]
  await finish(A, members[0] as string, 'error')
  await finish(A, members[1] as string)
  await finish(A, members[2] as string)
  await A.query('begin')
  await probe(A)
  const reprocessing = reprocess(B, { commandId: members[0] as string, author: 'ana', reason: 'x' })
  await blocked(B)
  await A.query('commit')
  const copy = await reprocessing
  expect(await state()).toEqual({ ...openYet, onFailure: 1 })
  await claim(copy)
  await finish(A, copy)
  await probe(A)
  expect(await state()).toEqual({ ...succeeded, onFailure: 1 })
})

test('a member that is added while the settling waits for the seal is waited for', async () => {
  const [A, B] = [a as pg.Client, b as pg.Client]
  await open(1, undefined, false)
  await finish(A, members[0] as string)
  await probe(A)
  expect(await state()).toEqual(openYet)
  await A.query('begin')
  const [added] = await addToBatch(A, batchId, [Member({ n: 9 })])
  const sealing = sealBatch(B, batchId)
  await blocked(B)
  await A.query('commit')
  await sealing
  expect(await state()).toEqual(openYet)
  await claim(added as string)
  await finish(A, added as string)
  await probe(A)
  expect(await state()).toEqual(succeeded)
})

test('a member that is added after the seal is refused, and the batch stays as it was', async () => {
  const [A, B] = [a as pg.Client, b as pg.Client]
  await open(1, undefined, false)
  await finish(A, members[0] as string)
  await A.query('begin')
  await sealBatch(A, batchId)
  const adding = addToBatch(B, batchId, [Member({ n: 9 })])
  const refused = expect(adding).rejects.toMatchObject({ code: 'batch-sealed' })
  await blocked(B)
  await A.query('commit')
  await refused
  expect(await state()).toEqual(succeeded)
})

test('as many as a percentage was made of are enough for it, and one less is not', async () => {
  const share = fc
    .integer({ min: 1, max: 400 })
    .chain((size) => fc.tuple(fc.integer({ min: 1, max: size }), fc.constant(size)))
  await fc.assert(
    fc.asyncProperty(share, async ([enough, size]) => {
      await open(size, { atLeastPercent: (enough / size) * 100 })
      const fail = (ids: string[]) =>
        c?.query(
          'insert into cascata.batch_failures (tenant, batch_id, command_id) select $1, $2, unnest($3::uuid[])',
          [SINGLE_TENANT, batchId, ids],
        )
      await c?.query('delete from cascata.command_queue where batch_id = $1', [batchId])
      await fail(members.slice(enough))
      await probe(a as pg.Client)
      expect(await state()).toEqual(succeeded)
      await c?.query(`update cascata.batches set state = 'open', settled_at = null where id = $1`, [batchId])
      await fail(members.slice(0, 1))
      await probe(a as pg.Client)
      expect(await state()).toMatchObject({ state: 'error' })
    }),
    { numRuns: 40, seed: 1 },
  )
})

test('a member that seals its own batch and then makes a batch of its own is waited for, with what it made', async () => {
  const [A] = [a as pg.Client]
  await open(2, undefined, false)
  await finish(A, members[0] as string)
  const nested = '00000000-0000-7000-8000-0000000000ba'
  const next = {
    commands: [],
    batches: [
      {
        id: nested,
        type: 'nested',
        root_id: batchId,
        origin: 'command',
        origin_id: members[1],
        parent_batch_id: batchId,
        size: 1,
        sealed: true,
        required_percent: 100,
      },
    ],
  }
  await A.query('begin')
  await A.query('select cascata.fence($1, $2, $3, true)', [SINGLE_TENANT, members[1], token])
  await sealBatch(A, batchId)
  expect((await A.query('select released_at from cascata.batches where id = $1', [batchId])).rows).toEqual([
    { released_at: null },
  ])
  await A.query('select cascata.complete($1, $2, null, $3, $4)', [
    SINGLE_TENANT,
    members[1],
    batchId,
    JSON.stringify(next),
  ])
  await A.query('commit')
  await probe(A)
  expect(await state()).toEqual(openYet)
  await probe(A, nested) // it has no member in the queue
  expect(await state()).toEqual(succeeded)
})

test('members that end in one statement, with an empty batch and with one that has a member: the next command waits for that member', async () => {
  const [A] = [a as pg.Client]
  const [first, second] = await open(2).then(() => members as [string, string])
  const [empty, full, leaf] = [uuidv7(), uuidv7(), uuidv7()]
  const madeBy = (id: string) => ({ root_id: batchId, origin: 'command', origin_id: id })
  const nested = { type: 'nested', parent_batch_id: batchId, sealed: true, required_percent: 100 }
  const next = [
    { commands: [], batches: [{ ...nested, ...madeBy(first), id: empty, size: 0 }] },
    {
      commands: [{ ...madeBy(second), id: leaf, type: 'member', data: {}, lane: 1, batch_id: full }],
      batches: [{ ...nested, ...madeBy(second), id: full, size: 1 }],
    },
  ]
  await A.query(
    `select cascata.settle_commands($1, $2, $3::uuid[], array[$4, $4]::uuid[], '{success,success}', '{t,t}', '{0,0}', '{1,1}',
       '{f,f}', '{null,null}', '{null,null}', '{null,null}', $5::jsonb[], '{null,null}', '{null,null}')`,
    [SINGLE_TENANT, daemon, [first, second], token, next.map((made) => JSON.stringify(made))],
  )
  expect(await state()).toEqual(openYet)
  await claim(leaf)
  await finish(A, leaf)
  await probe(A, full)
  expect(await state()).toEqual(succeeded)
})

test('a probe waits a second at the most for a transaction that adds members, and not at all before the seal', async () => {
  const [A, B] = [a as pg.Client, b as pg.Client]
  await open(1, undefined, false)
  await finish(A, members[0] as string)
  await A.query('begin')
  await addToBatch(A, batchId, [Member({ n: 9 })])
  expect((await probe(B)).rows).toEqual([{ probe_batch: 'open' }])
  await sealBatch(A, batchId)
  await A.query('commit')
  await A.query('begin')
  await A.query('select 1 from cascata.batches where id = $1 for update', [batchId])
  await c?.query('delete from cascata.command_queue where batch_id = $1', [batchId])
  await expect(probe(B)).rejects.toMatchObject({ code: '55P03' })
  await A.query('rollback')
  await probe(B)
  expect(await state()).toEqual(succeeded)
})

test('a repeatable-read transaction with an old snapshot cannot settle over a copy that it does not see', async () => {
  const [A, B] = [a as pg.Client, b as pg.Client]
  await finish(A, members[0] as string, 'error')
  await finish(A, members[1] as string)
  await finish(A, members[2] as string)
  await B.query('begin isolation level repeatable read')
  await B.query('select 1 from cascata.batches limit 1')
  await reprocess(A, { commandId: members[0] as string, author: 'ana', reason: 'x' })
  await expect(probe(B)).rejects.toMatchObject({ code: '40001' })
  await B.query('rollback')
  expect(await state()).toEqual(openYet)
})

test('on-failure again when the copy fails as well, next once ever', async () => {
  const A = a as pg.Client
  await finish(A, members[0] as string, 'error')
  await finish(A, members[1] as string)
  await finish(A, members[2] as string)
  await probe(A)
  await probe(A)
  expect(await state()).toEqual({ state: 'error', next: 0, onFailure: 1 })
  const first = await reprocess(A, { commandId: members[0] as string, author: 'ana', reason: 'x' })
  await claim(first)
  await finish(A, first, 'error')
  await probe(A)
  expect(await state()).toEqual({ state: 'error', next: 0, onFailure: 2 })
  const second = await reprocess(A, { commandId: first, author: 'ana', reason: 'x' })
  await claim(second)
  await finish(A, second)
  await probe(A)
  expect(await state()).toEqual({ state: 'success', next: 1, onFailure: 2 })
})

test('members that failed together are healed one by one: nobody is told again, and the last one releases the next', async () => {
  const A = a as pg.Client
  await open(4)
  for (const id of members) await finish(A, id, 'error')
  await probe(A)
  expect(await state()).toEqual({ state: 'error', next: 0, onFailure: 1 })
  for (const [i, id] of members.entries()) {
    const copy = await reprocess(A, { commandId: id, author: 'ana', reason: 'x' })
    await claim(copy)
    await finish(A, copy)
    await probe(A)
    expect(await state()).toEqual(
      i < 3 ? { state: 'error', next: 0, onFailure: 1 } : { state: 'success', next: 1, onFailure: 1 },
    )
  }
})

test.each(['with its transaction', 'without one'])(
  'an original whose copy succeeded, %s, is recovered, and so is the copy before that one: they leave the counts of errors',
  async (how) => {
    const A = a as pg.Client
    const counts = async () => {
      const { rows } = await A.query<{ status: string; n: string }>(
        `select status, sum(n)::integer as n from cascata.current_totals where kind = 'command' and type = 'member' group by 1`,
      )
      return Object.fromEntries(rows.map(({ status, n }) => [status, n]))
    }
    const status = async (id: string) =>
      (await one('select status from cascata.command_statuses where id = $1', [id]))['status']
    const before = { error: 0, success: 0, recovered: 0, ...(await counts()) }
    const [original, fine] = members as [string, string, string]
    await finish(A, fine)
    await finish(A, original, 'error')
    const first = await reprocess(A, { commandId: original, author: 'ana', reason: 'x' })
    await claim(first)
    await finish(A, first, 'error')
    expect([await status(original), await status(first)]).toEqual(['error', 'error'])
    expect(await counts()).toMatchObject({ error: before.error + 2, success: before.success + 1 })
    const second = await reprocess(A, { commandId: original, author: 'ana', reason: 'x' })
    await claim(second)
    if (how === 'without one') await finish(A, second)
    else {
      await A.query('begin')
      await A.query('select cascata.fence($1, $2, $3, true)', [SINGLE_TENANT, second, token])
      await A.query('select cascata.complete($1, $2, $3, $4, null)', [SINGLE_TENANT, second, original, batchId])
      await A.query('commit')
    }
    expect(await Promise.all([original, first, second, fine].map(status))).toEqual([
      'recovered',
      'recovered',
      'success',
      'success',
    ])
    expect(await counts()).toMatchObject({
      error: before.error,
      success: before.success + 2,
      recovered: before.recovered + 2,
    })
  },
)

test('a copy that fails while others are healed is told of once', async () => {
  const A = a as pg.Client
  for (const id of members) await finish(A, id, 'error')
  await probe(A)
  const first = await reprocess(A, { commandId: members[0] as string, author: 'ana', reason: 'x' })
  const second = await reprocess(A, { commandId: members[1] as string, author: 'ana', reason: 'x' })
  await claim(first, second)
  await finish(A, first, 'error')
  await probe(A)
  expect((await state()).onFailure).toBe(1)
  await finish(A, second)
  await probe(A)
  expect(await state()).toEqual({ state: 'error', next: 0, onFailure: 2 })
})

test('a nested batch tells of a copy that fails, and the batch above does; healed in part it tells nobody', async () => {
  const A = a as pg.Client
  const nested = uuidv7()
  const nestedMembers = [uuidv7(), uuidv7()]
  await finish(A, members[1] as string)
  await finish(A, members[2] as string)
  const fields = { root_id: batchId, origin: 'command', origin_id: members[0] }
  await A.query('select cascata.insert_next($1, $2)', [
    SINGLE_TENANT,
    JSON.stringify({
      commands: nestedMembers.map((id) => ({ id, type: 'member', data: {}, lane: 1, batch_id: nested, ...fields })),
      batches: [
        {
          id: nested,
          type: 'nested',
          ...fields,
          parent_batch_id: batchId,
          size: 2,
          sealed: true,
          required_percent: 100,
          on_failure: { type: 'failed', data: {}, lane: 1, priority: 0, delay_ms: 0 },
        },
      ],
    }),
  ])
  await finish(A, members[0] as string)
  await claim(...nestedMembers)
  for (const id of nestedMembers) await finish(A, id, 'error')
  await probe(A, nested)
  const told = async () =>
    await one(
      `select count(*) filter (where origin_id = $1)::integer as above,
           count(*) filter (where origin_id = $2)::integer as nested
         from cascata.commands where origin = 'batch-failure'`,
      [batchId, nested],
    )
  expect(await told()).toEqual({ above: 1, nested: 1 })
  const copied = async (id: string, outcome?: 'error') => {
    const copy = await reprocess(A, { commandId: id, author: 'ana', reason: 'x' })
    await claim(copy)
    await finish(A, copy, outcome)
    await probe(A, nested)
  }
  await copied(nestedMembers[0] as string, 'error') // this failure is a new one, for both
  expect(await told()).toEqual({ above: 2, nested: 2 })
  for (const [i, id] of nestedMembers.entries()) {
    await copied(id)
    expect(await told()).toEqual({ above: 2, nested: 2 })
    expect((await state()).state).toBe(i === 0 ? 'error' : 'success')
  }
})

test('a batch is processing from the first claim of a member on, also while that member waits for its next try', async () => {
  const A = a as pg.Client
  const status = async (id: string) =>
    (await one('select status from cascata.batch_statuses where id = $1', [id]))['status']
  const [fresh] = await enqueue(
    A,
    batch('members', [1, 2], (n) => Member({ n })),
  )
  expect(await status(fresh as string)).toBe('pending')
  await A.query(
    `update cascata.command_queue set state = 'scheduled', run_at = now() + interval '1 hour', token = null,
    claimed_by = null where batch_id = $1`,
    [batchId],
  )
  expect(await status(batchId)).toBe('processing')
})

test('a member that is cancelled does not fail the batch; reprocessed later, it does not release the next again', async () => {
  const A = a as pg.Client
  await finish(A, members[0] as string, 'cancelled')
  await finish(A, members[1] as string)
  await finish(A, members[2] as string)
  await probe(A)
  expect(await state()).toEqual(succeeded)
  const copy = await reprocess(A, { commandId: members[0] as string, author: 'ana', reason: 'x' })
  expect((await state()).state).toBe('open')
  await claim(copy)
  await finish(A, copy)
  await probe(A)
  expect(await state()).toEqual(succeeded)
  expect(await one('select released_at < settled_at as once from cascata.batches where id = $1', [batchId])).toEqual({
    once: true,
  })
})

test.each([
  ['all-finished' as const, 3, 'success'],
  [{ atLeastPercent: 66 }, 1, 'success'],
  [{ atLeastPercent: 67 }, 1, 'error'],
  [{ atLeastPercent: 0 }, 3, 'success'],
  [{ atLeastPercent: 100 }, 1, 'error'],
])('with the policy %j, %i of 3 failed: %s', async (policy, failing, expected) => {
  await open(3, policy)
  for (const [i, id] of members.entries()) await finish(a as pg.Client, id, i < failing ? 'error' : 'success')
  await probe(a as pg.Client)
  expect((await state()).state).toBe(expected)
})

test('one open copy at a time, also when its id is smaller than an earlier one because of a clock that is behind', async () => {
  const A = a as pg.Client
  await finish(A, members[0] as string, 'error')
  const first = await reprocess(A, { commandId: members[0] as string, author: 'ana', reason: 'x' })
  await claim(first)
  await finish(A, first, 'error')
  const behind = `${(Number.parseInt(first.slice(0, 8) + first.slice(9, 13), 16) - 60_000)
    .toString(16)
    .padStart(12, '0')
    .replace(/^(.{8})/, '$1-')}-7000-8000-000000000000`
  await A.query(`select cascata.reprocess($1, $2, $3, null, 'ana', 'x', $3)`, [SINGLE_TENANT, members[0], behind])
  await expect(reprocess(A, { commandId: members[0] as string, author: 'bob', reason: 'x' })).rejects.toMatchObject({
    code: 'reprocess-open',
  })
})

test('a next command with a delay waits for it, counted from when it was saved', async () => {
  const A = a as pg.Client
  const [id] = await enqueue(A, batch('none', [], () => Member({ n: 0 })).next(Next({}, { delay: '1h' })))
  expect(
    await one(
      `select q.state, q.run_at = c.run_at as as_saved from cascata.command_queue q join cascata.commands c on c.tenant = q.tenant and c.id = q.id where c.origin_id = $1`,
      [id],
    ),
  ).toEqual({ state: 'scheduled', as_saved: true })
})

import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type Engine, startEngine } from '../../test-support/start-engine.ts'
import {
  type CommandContext,
  type CommandOptions,
  cancel,
  command,
  createApp,
  done,
  type EffectContext,
  effect,
  enqueue,
  handle,
  module,
  Rejected,
  reprocess,
  retryIn,
  unknown,
} from '../index.ts'

/** Calls to the outside: the intent before, what became of it after, and an honest `unknown`. */
const data = z.object({ id: z.string() })
const options: CommandOptions = { retry: { attempts: 2, base: '1m', jitter: 'none' } }
const Send = command('send', data, options)
const Impatient = command('impatient', data, { ...options, timeout: 300 })
const Hold = command('hold', data, options)
const Ask = command('ask', data, options)
const Follow = command('follow', z.object({ refused: z.boolean() }))

let call: (context: EffectContext) => unknown
let asked: () => unknown
const app = createApp([
  module('effects', [
    effect(Send, (_, context) => call(context) as never),
    effect(Impatient, (_, context) => call(context) as never),
    effect(Hold, (_, context) => call(context) as never, { onUnknown: 'hold' }),
    effect(Ask, (_, context) => call(context) as never, { onUnknown: 'reconcile', reconcile: () => asked() as never }),
    handle(Follow, (_: unknown, __: CommandContext) => {}),
  ]),
])

let t: Engine
beforeAll(async () => {
  t = await startEngine(app)
  await t.pool.query(
    `alter table cascata.commands add constraint not_refused check (data->>'refused' is distinct from 'true')`,
  )
})
// A command that waits for its next try would run what a later test has put in `call`.
afterEach(() => t.pool.query('truncate cascata.command_queue'))
afterAll(() => t.stop())

async function run(
  what: typeof Send | typeof Impatient | typeof Hold | typeof Ask,
  handler: typeof call,
): Promise<string> {
  call = handler
  const [id] = await t.transaction((tx) => enqueue(tx, what({ id: 'x' })))
  await t.runUntilIdle()
  return id as string
}

async function state(id: string) {
  const [status] = await t.rows('select status, failures, error from cascata.command_statuses where id = $1', [id])
  const effects = await t.rows(
    'select state, provider_id, key from cascata.effects where command_id = $1 order by claim_no',
    [id],
  )
  const attempts = await t.rows<{ outcome: string }>(
    'select outcome from cascata.attempts where command_id = $1 order by claim_no',
    [id],
  )
  return {
    ...(status as { status: string; failures: number | null; error: string | null }),
    effects: effects.map((e) => e['state']),
    keys: effects.map((e) => e['key'] as string),
    providerId: effects.at(-1)?.['provider_id'],
    attempts: attempts.map(({ outcome }) => outcome),
  }
}

test('the intent is on disk before the call, with the key that the call is given', async () => {
  let before: unknown
  const id = await run(Send, async ({ key, command }) => {
    before = await t.rows('select state, key = $2 as same_key, ended_at from cascata.effects where command_id = $1', [
      command.id,
      key,
    ])
    return done(undefined, { providerId: 'm-1' })
  })
  expect(before).toEqual([{ state: 'calling', same_key: true, ended_at: null }])
  expect(await state(id)).toMatchObject({ status: 'success', effects: ['accepted'], providerId: 'm-1' })
})

test('no transaction is open during the call, not even after a query of its own', async () => {
  let open: unknown
  await run(Send, async ({ db }) => {
    await db.query('select 1')
    open = await t.rows(
      `select state, query from pg_stat_activity where datname = current_database() and state in ('active', 'idle in transaction')
       and pid <> pg_backend_pid() and backend_type = 'client backend' and application_name = 'cascata handlers'`,
    )
  })
  expect(open).toEqual([])
})

test('the key is the same for every retry and for a reprocessed copy, and another for another command', async () => {
  const id = await run(Send, () => {
    throw new Rejected('421', { retryable: true })
  })
  await t.clock.advance('1m')
  await t.runUntilIdle()
  const failed = await state(id)
  expect(failed).toMatchObject({ status: 'error', effects: ['rejected', 'rejected'] })
  call = () => undefined
  const copy = await t.transaction((tx) => reprocess(tx, { commandId: id, author: 'ana', reason: 'x' }))
  await t.runUntilIdle()
  const healed = await state(copy)
  expect(new Set([...failed.keys, ...healed.keys]).size).toBe(1)
  const other = await state(await run(Send, () => undefined))
  expect(other.keys).not.toEqual(healed.keys)
})

test('a refusal is a refusal; a final one is not tried again', async () => {
  const id = await run(Send, () => {
    throw new Rejected('no such mailbox', { retryable: false })
  })
  expect(await state(id)).toMatchObject({ status: 'error', effects: ['rejected'], attempts: ['error'] })
})

test('a rate limit does not count against the policy, and is waited for as the service asked', async () => {
  const id = await run(Send, () => {
    throw new Rejected('429', { retryable: true, retryAfterMs: 3_600_000, countsAsFailure: false })
  })
  expect(await state(id)).toMatchObject({ status: 'scheduled', failures: 0, effects: ['rejected'] })
  const [row] = await t.rows(
    `select run_at > now() + interval '59 minutes' as later from cascata.command_queue where id = $1`,
    [id],
  )
  expect(row).toEqual({ later: true })
})

test.each([
  ['a NUL', 'id\u0000', 'id␀'],
  ['half of a surrogate pair', 'id\ud800', 'id\ufffd'],
  ['a number', 7, '7'],
  ['an object', { id: 7 }, '{"id":7}'],
  ['a symbol', Symbol('x'), 'Symbol(x)'],
  ['a megabyte', 'x'.repeat(1_000_000), 'x'.repeat(1_024)],
  ['something without a text', { toJSON: () => undefined }, null],
])("the service's id may be %s: it was accepted, and is called once", async (_, providerId, stored) => {
  let calls = 0
  const id = await run(Send, () => {
    calls++
    return done(undefined, { providerId: providerId as never })
  })
  expect(await state(id)).toMatchObject({ status: 'success', effects: ['accepted'], providerId: stored })
  expect(calls).toBe(1)
})

test("a final refusal of another copy of the library's class is final", async () => {
  // @ts-expect-error a query makes it another module, as a second copy in node_modules is
  const other = (await import('./rejected.ts?copy=2')) as typeof import('./rejected.ts')
  expect(other.Rejected).not.toBe(Rejected)
  let calls = 0
  const id = await run(Send, () => {
    calls++
    throw new other.Rejected('card declined', { retryable: false })
  })
  expect(await state(id)).toMatchObject({ status: 'error', effects: ['rejected'], attempts: ['error'] })
  expect(calls).toBe(1)
})

test.each([
  ['an error that is no refusal', Send, () => Promise.reject(new Error('socket hang up'))],
  ['no answer in time', Impatient, () => new Promise(() => {})],
  ['its own word for it', Send, () => unknown('gateway said 502')],
])('%s leaves it unknown: tried again with the same key', async (_, what, handler) => {
  const id = await run(what, handler)
  expect(await state(id)).toMatchObject({ status: 'scheduled', failures: 1, effects: ['unknown'], attempts: ['error'] })
  call = () => undefined
  await t.clock.advance('1m')
  await t.runUntilIdle()
  const healed = await state(id)
  expect(healed).toMatchObject({ status: 'success', effects: ['unknown', 'accepted'] })
  expect(new Set(healed.keys).size).toBe(1)
})

test('with onUnknown hold it waits for a human, whose copy runs with the same key', async () => {
  const id = await run(Hold, () => Promise.reject(new Error('socket hang up')))
  const held = await state(id)
  expect(held).toMatchObject({ status: 'unknown', effects: ['unknown'], attempts: ['unknown'] })
  call = () => undefined
  const copy = await t.transaction((tx) =>
    reprocess(tx, { commandId: id, author: 'ana', reason: 'asked the bank: no' }),
  )
  await t.runUntilIdle()
  expect(await state(id)).toMatchObject({ status: 'recovered', attempts: expect.arrayContaining(['unknown']) })
  const done = await state(copy)
  expect(done).toMatchObject({ status: 'success', effects: ['accepted'] })
  expect(done.keys).toEqual(held.keys)
})

test('with onUnknown reconcile the service is asked first, and called again only if it did not happen', async () => {
  let calls = 0
  const fail = () => {
    calls++
    throw new Error('socket hang up')
  }
  asked = () => Promise.resolve({ happened: true, providerId: 'm-2\u0000' })
  const happened = await run(Ask, fail)
  await t.clock.advance('1m')
  await t.runUntilIdle()
  expect(await state(happened)).toMatchObject({ status: 'success' })
  expect(calls).toBe(1)

  expect(await state(happened)).toMatchObject({ effects: ['accepted'], providerId: 'm-2␀' })

  asked = () => Promise.resolve({ happened: false })
  const not = await run(Ask, fail)
  call = () => {
    calls++
  }
  await t.clock.advance('1m')
  await t.runUntilIdle()
  expect(await state(not)).toMatchObject({ status: 'success', effects: ['rejected', 'accepted'] })
  expect(calls).toBe(3)

  for (const answer of [{ happened: 'unknown' }, { happened: 'perhaps' }, {}, undefined]) {
    asked = () => Promise.resolve(answer)
    calls = 0
    const who = await run(Ask, fail)
    await t.clock.advance('1m')
    await t.runUntilIdle()
    expect(await state(who)).toMatchObject({ status: 'unknown' })
    expect(calls).toBe(1)
  }
})

test('what the service accepted is not asked for again because what should follow cannot be saved', async () => {
  let calls = 0
  const refusedByDatabase = await run(Send, () => {
    calls++
    return done([Follow({ refused: true })], { providerId: 'm-3' })
  })
  expect(await state(refusedByDatabase)).toMatchObject({ status: 'error', effects: ['accepted'], providerId: 'm-3' })
  const notRunnable = await run(Send, () => {
    calls++
    return { kind: 'command', name: 'nobody', json: '{}' }
  })
  expect(await state(notRunnable)).toMatchObject({ status: 'error', effects: ['accepted'] })
  expect(calls).toBe(2)
})

test.each([
  ['nothing can be read of', () => trapped({}, () => true)],
  ['a promise that is rejected stands in', () => [Promise.reject(new Error('not awaited'))]],
  ['the id cannot be read of', () => trapped(done(), (key) => key === 'providerId')],
  ['the follow-ups cannot be read of', () => trapped(done(), (key) => key === 'next')],
])('a call whose handler returns something that %s was made, and is not made again', async (_, returned) => {
  let calls = 0
  const id = await run(Send, () => {
    calls++
    return returned()
  })
  expect(await state(id)).toMatchObject({ status: 'error', effects: ['accepted'] })
  expect(calls).toBe(1)
})

test('a Rejected that throws at a touch is a failure that can be recorded', async () => {
  const error = trapped(new Rejected('no', { retryable: true }), (key) => key === 'countsAsFailure')
  expect(await state(await run(Send, () => Promise.reject(error)))).toMatchObject({ failures: 1, effects: ['unknown'] })
})

/** @param isTrap of the properties that throw; promises must be able to ask for `then`. */
function trapped(target: object, isTrap: (key: string | symbol) => boolean): object {
  return new Proxy(target, {
    get(from, key) {
      if (key !== 'then' && isTrap(key)) throw new Error('a trap')
      return Reflect.get(from, key)
    },
  })
}

test('outcomes of an effect: retryIn and cancel say that the service did not do it', async () => {
  expect(await state(await run(Send, () => retryIn('5m', 'busy')))).toMatchObject({
    status: 'scheduled',
    effects: ['rejected'],
  })
  expect(await state(await run(Send, () => cancel('left')))).toMatchObject({
    status: 'cancelled',
    effects: ['rejected'],
  })
})

test('data that does not match, for as long as a newer daemon may take it and longer, is an error without a call and without an intent', async () => {
  call = () => {
    throw new Error('called')
  }
  const [id] = await t.transaction(async (tx) => {
    const ids = await enqueue(tx, Send({ id: 'old' }))
    await tx.query(`update cascata.commands set data = '{}' where id = $1`, [ids[0]])
    return ids
  })
  await t.runThrough()
  expect(await state(id as string)).toMatchObject({ status: 'error', effects: [] })
})

test('a statement that a call does not await ends no process', async () => {
  const id = await run(Send, ({ db }) => void db.query('select 1 / 0'))
  expect(await state(id)).toMatchObject({ status: 'success' })
})

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { type Engine, startEngine } from '../../test-support/start-engine.ts'
import { until } from '../../test-support/until.ts'
import {
  batch,
  command,
  createApp,
  type DecideOptions,
  decideUnknown,
  discardParked,
  done,
  type EffectContext,
  effect,
  enqueue,
  handle,
  module,
  reprocess,
  uuidv7,
} from '../index.ts'

/** What a human decides about a call of which nobody knows whether it happened, and about what is parked. */
const policy = { retry: { attempts: 3, base: '1m', jitter: 'none' } } as const
const Pay = command('pay', z.object({}), policy)
const Ask = command('ask', z.object({}), policy)
const Next = command('next', z.object({}))
const Failed = command('failed', z.object({}))
const Gone = command('gone', z.object({}))

let call: (context: EffectContext) => unknown
let asked = 0
let answer: unknown
const app = createApp([
  module('payments', [
    effect(Pay, (_, context) => call(context) as never, { onUnknown: 'hold' }),
    effect(Ask, (_, context) => call(context) as never, {
      onUnknown: 'reconcile',
      reconcile: async () => {
        asked++
        return answer as never
      },
    }),
    handle(Next, () => {}),
    handle(Failed, () => {}),
  ]),
])

let t: Engine
beforeAll(async () => {
  t = await startEngine(app)
})
afterAll(() => t.stop())
beforeEach(() => {
  asked = 0
  answer = { happened: 'unknown' }
})

const hangUp = () => Promise.reject(new Error('socket hang up'))
const who = { author: 'ana', reason: 'asked the bank' }
const decide = (options: Omit<DecideOptions, 'author' | 'reason'>) =>
  t.transaction((tx) => decideUnknown(tx, { ...who, ...options }))

/** A batch of one payment, of which nobody knows whether it happened. */
async function heldMember(): Promise<{ id: string; batchId: string }> {
  call = hangUp
  const [batchId] = (await t.transaction((tx) =>
    enqueue(
      tx,
      batch('payments', [{}], () => Pay({}))
        .next(Next({}))
        .onFailure(Failed({})),
    ),
  )) as [string]
  await t.runUntilIdle()
  const [row] = await t.rows<{ id: string }>('select id from cascata.commands where batch_id = $1', [batchId])
  const { id } = row as { id: string }
  expect(await state(id)).toMatchObject({ status: 'unknown', effects: ['unknown'] })
  return { id, batchId }
}

async function state(id: string) {
  const [row] = await t.rows<{ status: string; failures: number | null; error: string | null }>(
    'select status, failures, error from cascata.command_statuses where id = $1',
    [id],
  )
  const effects = await t.rows<{ state: string; provider_id: string | null; key: string }>(
    'select state, provider_id, key from cascata.effects where command_id = $1 order by claim_no',
    [id],
  )
  const attempts = await t.rows<{ outcome: string; daemon_id: string | null }>(
    'select outcome, daemon_id from cascata.attempts where command_id = $1 order by claim_no',
    [id],
  )
  return {
    ...row,
    effects: effects.map((e) => e.state),
    providerIds: effects.map((e) => e.provider_id),
    keys: [...new Set(effects.map((e) => e.key))],
    attempts: attempts.map(({ outcome }) => outcome),
    ranByDaemon: attempts.map(({ daemon_id }) => daemon_id !== null),
  }
}
const batchOf = async (id: string) =>
  (
    await t.rows(
      `select b.status, b.failed::integer, n.status as next from cascata.batch_statuses b
       join cascata.command_statuses n on n.id = b.next_command_id where b.id = $1`,
      [id],
    )
  )[0]
const audit = (id: string) => t.rows('select author, action, reason from cascata.audit where target_id = $1', [id])
const total = async (type: string, status: string) =>
  (
    await t.rows<{ n: number }>(
      `select coalesce(sum(n), 0)::integer as n from (
         select n from cascata.tally_deltas where type = $1 and status = $2
         union all select n from cascata.tallies where type = $1 and status = $2) x`,
      [type, status],
    )
  )[0]?.n

test('happened: it ends in success without another call, its effect is accepted, and its batch goes on', async () => {
  const { id, batchId } = await heldMember()
  const before = (await total('pay', 'success')) as number
  let calls = 0
  call = () => void calls++
  await decide({ commandId: id, decision: 'happened', providerId: 'p-1' })
  expect(await state(id)).toMatchObject({
    status: 'success',
    effects: ['accepted'],
    providerIds: ['p-1'],
    attempts: ['unknown', 'success'],
    ranByDaemon: [true, false],
  })
  await t.runUntilIdle()
  expect(await batchOf(batchId)).toEqual({ status: 'success', failed: 0, next: 'success' })
  expect(await audit(id)).toEqual([{ author: 'ana', action: 'happened', reason: 'asked the bank' }])
  expect(await total('pay', 'success')).toBe(before + 1)
  expect(calls).toBe(0)
})

test('did-not-happen: it is called again with the same key, and is told that the earlier call was rejected', async () => {
  const { id, batchId } = await heldMember()
  let earlier: unknown
  call = (context) => {
    earlier = context.earlier
  }
  await decide({ commandId: id, decision: 'did-not-happen' })
  await t.runUntilIdle()
  const ended = await state(id)
  expect(ended).toMatchObject({
    status: 'success',
    effects: ['rejected', 'accepted'],
    attempts: ['unknown', 'released', 'success'],
  })
  expect(ended.keys).toHaveLength(1)
  expect(earlier).toBe('rejected')
  expect(await batchOf(batchId)).toEqual({ status: 'success', failed: 0, next: 'success' })
})

test('call-again: it is called again with the same key though nobody knows, and may be held again', async () => {
  const { id } = await heldMember()
  let earlier: unknown
  call = (context) => {
    earlier = context.earlier
    return hangUp()
  }
  await decide({ commandId: id, decision: 'call-again' })
  await t.runUntilIdle()
  const held = await state(id)
  expect(held).toMatchObject({ status: 'unknown', effects: ['unknown', 'unknown'] })
  expect(held.keys).toHaveLength(1)
  expect(earlier).toBe('unknown')
  await decide({ commandId: id, decision: 'happened' })
  expect(await state(id)).toMatchObject({ status: 'success', effects: ['unknown', 'accepted'] })
})

test('call-again of a call that can be asked about calls, and does not ask once more', async () => {
  call = hangUp
  const [id] = (await t.transaction((tx) => enqueue(tx, Ask({})))) as [string]
  await t.runUntilIdle()
  await t.clock.advance('1m')
  await t.runUntilIdle()
  expect(await state(id)).toMatchObject({ status: 'unknown', effects: ['unknown'] })
  expect(asked).toBe(1)
  call = () => undefined
  await decide({ commandId: id, decision: 'call-again' })
  await t.runUntilIdle()
  expect(await state(id)).toMatchObject({ status: 'success', effects: ['unknown', 'accepted'] })
  expect(asked).toBe(1)
})

test('call-again is not forgotten when the call cannot be made at first', async () => {
  call = hangUp
  asked = 0
  const [id] = (await t.transaction((tx) => enqueue(tx, Ask({})))) as [string]
  await t.runUntilIdle()
  await t.clock.advance('1m')
  await t.runUntilIdle()
  await t.pool.query(`create function refuse() returns trigger language plpgsql as $$ begin
    raise exception 'full' using errcode = '53100'; end $$;
    create trigger refusing before insert on cascata.effects for each row execute function refuse()`)
  call = () => undefined
  await decide({ commandId: id, decision: 'call-again' })
  await until(async () => (await state(id)).attempts.length >= 4, 'it was given back')
  await t.pool.query('drop trigger refusing on cascata.effects')
  await t.clock.advance('1h')
  await t.runUntilIdle()
  expect(await state(id)).toMatchObject({ status: 'success', effects: ['unknown', 'accepted'] })
  expect(asked).toBe(1)
})

test('what was decided of a call that could be asked about is noted with the call, not with the question', async () => {
  call = hangUp
  const [id] = (await t.transaction((tx) => enqueue(tx, Ask({})))) as [string]
  await t.runUntilIdle()
  await t.clock.advance('1m')
  await t.runUntilIdle()
  await decide({ commandId: id, decision: 'happened', providerId: 'p-2' })
  expect(await state(id)).toMatchObject({ status: 'success', effects: ['accepted'], providerIds: ['p-2'] })
})

test('discard: it ends in error without another call, and its batch counts it as failed', async () => {
  const { id, batchId } = await heldMember()
  let calls = 0
  call = () => void calls++
  await decide({ commandId: id, decision: 'discard' })
  expect(await state(id)).toMatchObject({
    status: 'error',
    error: 'A human decided, discard: asked the bank',
    effects: ['unknown'],
    attempts: ['unknown', 'error'],
  })
  await t.runUntilIdle()
  expect(await batchOf(batchId)).toEqual({ status: 'error', failed: 1, next: 'awaiting' })
  expect(
    await t.rows(`select 1 from cascata.commands where type = 'failed' and origin_id = $1`, [batchId]),
  ).toHaveLength(1)
  expect(calls).toBe(0)
})

test('a held copy is decided by the id of its original, which is recovered, and so is the batch', async () => {
  const { id, batchId } = await heldMember()
  await decide({ commandId: id, decision: 'discard' })
  await t.runUntilIdle()
  await t.transaction((tx) => reprocess(tx, { ...who, commandId: id }))
  await t.runUntilIdle()
  await decide({ commandId: id, decision: 'discard' }) // the copy's failure is a new one, and is told of
  await t.runUntilIdle()
  expect(
    await t.rows(`select 1 from cascata.commands where type = 'failed' and origin_id = $1`, [batchId]),
  ).toHaveLength(2)
  const copy = await t.transaction((tx) => reprocess(tx, { ...who, commandId: id }))
  await t.runUntilIdle()
  expect(await state(copy)).toMatchObject({ status: 'unknown' })
  await decide({ commandId: id, decision: 'happened' })
  await t.runUntilIdle()
  expect(await state(copy)).toMatchObject({ status: 'success', effects: ['accepted'] })
  expect(await state(id)).toMatchObject({ status: 'recovered' })
  expect(await batchOf(batchId)).toEqual({ status: 'success', failed: 0, next: 'success' })
})

test('a held command that is reprocessed ends unknown, by no daemon', async () => {
  const { id } = await heldMember()
  call = () => undefined
  await t.transaction((tx) => reprocess(tx, { ...who, commandId: id }))
  expect(await state(id)).toMatchObject({ attempts: ['unknown', 'unknown'], ranByDaemon: [true, false] })
  await t.runUntilIdle()
})

test('of two decisions at once one wins, and the other is told; so it is beside a reprocessing', async () => {
  const { id } = await heldMember()
  call = () => undefined
  const both = await Promise.allSettled([
    decide({ commandId: id, decision: 'happened' }),
    decide({ commandId: id, decision: 'discard' }),
  ])
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'not-undecided' } })
  expect((await state(id)).attempts).toHaveLength(2)
  expect(await audit(id)).toHaveLength(1)

  const second = await heldMember()
  call = () => undefined // or the copy would be held in its turn, and could be decided
  const mixed = await Promise.allSettled([
    decide({ commandId: second.id, decision: 'happened' }),
    t.transaction((tx) => reprocess(tx, { ...who, commandId: second.id })),
  ])
  expect(mixed.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  await t.runUntilIdle()
})

test('a decision belongs to the transaction of its caller', async () => {
  const { id } = await heldMember()
  const undone = t.transaction(async (tx) => {
    await decideUnknown(tx, { ...who, commandId: id, decision: 'discard' })
    throw new Error('changed my mind')
  })
  await expect(undone).rejects.toThrow('changed my mind')
  expect(await state(id)).toMatchObject({ status: 'unknown', attempts: ['unknown'] })
  expect(await audit(id)).toEqual([])
})

test('what does not wait for a decision, and what is no decision, is refused with a reason', async () => {
  const { id } = await heldMember()
  const refused = async (options: Record<string, unknown>) =>
    await t
      .transaction((tx) => decideUnknown(tx, { ...who, commandId: id, decision: 'happened', ...options } as never))
      .then(
        () => undefined,
        (error: { code?: string }) => error.code,
      )
  expect(await refused({ commandId: uuidv7() })).toBe('not-found')
  expect(await refused({ commandId: 'x' })).toBe('not-found')
  expect(await refused({ tenant: uuidv7() })).toBe('not-found')
  expect(await refused({ decision: 'perhaps' })).toBe('bad-option')
  expect(await refused({ decision: 'discard', providerId: 'p' })).toBe('bad-option')
  expect(await refused({ providerId: 7 })).toBe('bad-option')
  expect(await refused({ providerId: 'x'.repeat(1_025) })).toBe('bad-option')
  expect(await refused({ providerId: 'p\u0000' })).toBe('not-json')
  expect(await refused({ author: ' ' })).toBe('bad-option')
  expect(await refused({ reason: undefined })).toBe('bad-option')
  expect(await refused({ reason: 'half \ud800' })).toBe('not-json')
  expect(await refused({})).toBeUndefined()
  expect(await refused({})).toBe('not-undecided')
  await t.runUntilIdle()
})

test('what is parked can be discarded, and only that', async () => {
  // In the transaction that enqueues it: once it is committed, the daemon may park it at any moment.
  const discardedAtOnce = t.transaction(async (tx) => {
    const [commandId] = (await enqueue(tx, Gone({}))) as [string]
    await discardParked(tx, { ...who, commandId })
  })
  await expect(discardedAtOnce).rejects.toMatchObject({ code: 'not-undecided' })

  const [batchId] = (await t.transaction((tx) => enqueue(tx, batch('gone', [{}], () => Gone({})).next(Next({}))))) as [
    string,
  ]
  const [{ id } = { id: '' }] = await t.rows<{ id: string }>('select id from cascata.commands where batch_id = $1', [
    batchId,
  ])
  const discard = () => t.transaction((tx) => discardParked(tx, { ...who, commandId: id }))
  await t.pool.query('update cascata.command_queue set state = $2 where id = $1', [id, 'parked'])
  await expect(decide({ commandId: id, decision: 'call-again' })).rejects.toMatchObject({ code: 'not-undecided' })
  await discard()
  expect(await state(id)).toMatchObject({ status: 'error', attempts: ['error'] })
  expect(await audit(id)).toEqual([{ author: 'ana', action: 'discard', reason: 'asked the bank' }])
  await until(async () => (await batchOf(batchId))?.['status'] === 'error', 'its batch has failed')
  await expect(discard()).rejects.toMatchObject({ code: 'not-undecided' })
})

test('what was accepted before is not called in silence: the call is told, and a reconcile is asked first', async () => {
  const bad = () => done({ kind: 'command', name: 'nobody', json: '{}' } as never, { providerId: 'p-3' })
  call = bad
  const [held] = (await t.transaction((tx) => enqueue(tx, Pay({})))) as [string]
  await t.runUntilIdle()
  expect(await state(held)).toMatchObject({ status: 'error', effects: ['accepted'] })
  const told: unknown[] = []
  call = ({ earlier }) => void told.push(earlier)
  await t.transaction((tx) => reprocess(tx, { ...who, commandId: held }))
  await t.runUntilIdle()
  expect(told).toEqual(['accepted'])

  call = bad
  const [asking] = (await t.transaction((tx) => enqueue(tx, Ask({})))) as [string]
  await t.runUntilIdle()
  answer = { happened: true }
  asked = 0
  call = () => void told.push('called')
  const copy = await t.transaction((tx) => reprocess(tx, { ...who, commandId: asking }))
  await t.runUntilIdle()
  expect(await state(copy)).toMatchObject({ status: 'success', effects: [] })
  expect({ asked, told }).toEqual({ asked: 1, told: ['accepted'] })

  call = bad
  const [denied] = (await t.transaction((tx) => enqueue(tx, Ask({})))) as [string]
  await t.runUntilIdle()
  answer = { happened: false }
  call = () => void told.push('called')
  const contradicted = await t.transaction((tx) => reprocess(tx, { ...who, commandId: denied }))
  await t.runUntilIdle()
  expect(await state(contradicted)).toMatchObject({ status: 'unknown', effects: [] })
  expect(told).toEqual(['accepted'])

  call = ({ earlier }) => void told.push(earlier)
  await t.transaction((tx) => enqueue(tx, Pay({})))
  await t.runUntilIdle()
  expect(told).toEqual(['accepted', undefined])
})

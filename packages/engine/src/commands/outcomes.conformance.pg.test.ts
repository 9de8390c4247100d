import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type Engine, startEngine } from '../../test-support/start-engine.ts'
import {
  type CommandContext,
  cancel,
  command,
  createApp,
  discard,
  done,
  enqueue,
  handle,
  module,
  Rejected,
  retryIn,
  snooze,
} from '../index.ts'

const Work = command('work', z.object({ id: z.string() }), { retry: { attempts: 2, base: '1m', jitter: 'none' } })
const Soon = command('soon', z.object({ id: z.string() }), { retry: { attempts: 2, base: 0 } })
const Follow = command('follow', z.object({}))

let work: (context: CommandContext) => unknown
const app = createApp([
  module('work', [
    handle(Work, (_, context) => work(context) as never),
    handle(Soon, (_, context) => work(context) as never),
    handle(Follow, () => {}),
  ]),
])

let t: Engine
beforeAll(async () => {
  t = await startEngine(app)
})
afterAll(() => t.stop())

const insert = (context: CommandContext) =>
  context.tx.query(`insert into ledger values ('work', $1)`, [context.command.id])

async function run(handler: typeof work) {
  work = handler
  const [id] = await t.transaction((tx) => enqueue(tx, Work({ id: 'x' })))
  await t.runUntilIdle()
  return await state(id as string)
}

async function state(id: string) {
  const [status] = await t.rows(
    'select status, failures, error, run_at > now() as later from cascata.command_statuses where id = $1',
    [id],
  )
  const attempts = await t.rows<{ outcome: string }>(
    'select outcome from cascata.attempts where command_id = $1 order by claim_no',
    [id],
  )
  const written = (await t.ledger('work')).filter((l) => l === id).length
  const follows = (await t.rows('select 1 from cascata.commands where origin_id = $1', [id])).length
  return { id, ...status, attempts: attempts.map(({ outcome }) => outcome), written, follows }
}

test('nothing, done(), or what comes next: it succeeded, and all of it is saved together', async () => {
  const success = { status: 'success', attempts: ['success'], written: 1 }
  expect(await run(async (c) => void (await insert(c)))).toMatchObject({ ...success, follows: 0 })
  expect(await run(async (c) => insert(c).then(() => done()))).toMatchObject({ ...success, follows: 0 })
  expect(await run(async (c) => insert(c).then(() => Follow({})))).toMatchObject({ ...success, follows: 1 })
  expect(await run(async (c) => insert(c).then(() => done([Follow({}), Follow({})])))).toMatchObject({
    ...success,
    follows: 2,
  })
})

test('retryIn: undone, counted, and again after the delay, until the attempts are used up', async () => {
  const first = await run(async (c) => insert(c).then(() => retryIn('5m', 'said 421')))
  expect(first).toMatchObject({ status: 'scheduled', failures: 1, later: true, attempts: ['error'], written: 0 })
  await t.clock.advance('5m')
  await t.runUntilIdle()
  expect(await state(first.id)).toMatchObject({
    status: 'error',
    error: 'said 421',
    attempts: ['error', 'error'],
    written: 0,
  })
})

test('snooze: undone, not counted, and again after the delay, as often as it likes', async () => {
  const first = await run(async (c) => insert(c).then(() => snooze('5m', 'not yet')))
  for (let i = 0; i < 3; i++) {
    await t.clock.advance('5m')
    await t.runUntilIdle()
  }
  const later = await state(first.id)
  expect(later).toMatchObject({ status: 'scheduled', failures: 0, written: 0 })
  expect(later.attempts).toEqual(['snoozed', 'snoozed', 'snoozed', 'snoozed'])
})

test('cancel and discard end it, undone', async () => {
  expect(await run(async (c) => insert(c).then(() => cancel('left the class')))).toMatchObject({
    status: 'cancelled',
    attempts: ['cancelled'],
    written: 0,
  })
  expect(await run(async (c) => insert(c).then(() => discard('no such class')))).toMatchObject({
    status: 'error',
    attempts: ['error'],
    written: 0,
  })
})

test('a reason that the database cannot keep, or of any size or type, ends a command as it said, after one run', async () => {
  const nul = 'the service said \u0000 no'
  const ends = async (outcome: unknown) => {
    const ended = await run(() => outcome)
    const [attempt] = await t.rows<{ error: string | null; next_why: string | null }>(
      'select error, next_why from cascata.attempts where command_id = $1',
      [ended.id],
    )
    return { ...ended, said: attempt?.error ?? attempt?.next_why }
  }
  const cancelled = { status: 'cancelled', attempts: ['cancelled'] }
  expect(await ends(cancel(nul))).toMatchObject({ ...cancelled, said: 'the service said ␀ no' })
  expect(await ends(cancel('half \ud800 pair'))).toMatchObject({ ...cancelled, said: 'half \ufffd pair' })
  expect(await ends(cancel(undefined as never))).toMatchObject({ ...cancelled, said: 'No reason was given.' })
  expect((await ends(cancel('x'.repeat(20_000_000)))).said).toHaveLength(8_192)
  expect(await ends(discard(nul))).toMatchObject({ status: 'error', attempts: ['error'] })
  expect(await ends(retryIn('5m', nul))).toMatchObject({ status: 'scheduled', failures: 1, attempts: ['error'] })
  const snoozed = { status: 'scheduled', failures: 0, attempts: ['snoozed'] }
  expect(await ends(snooze('5m', nul))).toMatchObject({ ...snoozed, said: 'the service said ␀ no' })
  expect((await ends(snooze('5m', 'x'.repeat(20_000_000)))).said).toHaveLength(8_192)
  expect(await ends(snooze('5m', { why: 'x' } as never))).toMatchObject({ ...snoozed, said: '{"why":"x"}' })
})

test('an outcome of another copy of the library is one, and one of an unknown kind is an error', async () => {
  expect(await run(() => ({ kind: 'outcome', outcome: 'cancel', reason: 'left' }))).toMatchObject({
    status: 'cancelled',
  })
  const odd = await run(() => ({ kind: 'outcome', outcome: 'postpone' }))
  expect(odd).toMatchObject({ status: 'scheduled', failures: 1 })
})

test('an error is recorded with its class, message and stack; it is tried again by the policy, then it is an error', async () => {
  const first = await run(async (c) => {
    await insert(c)
    throw new RangeError('too far')
  })
  expect(first).toMatchObject({ status: 'scheduled', failures: 1, attempts: ['error'], written: 0 })
  const [attempt] = await t.rows(
    'select error_class, error, stack, next_why, ms > 0 as took from cascata.attempts where command_id = $1',
    [first.id],
  )
  expect(attempt).toMatchObject({
    error_class: 'RangeError',
    error: 'too far',
    next_why: 'exponential 60000 ms × 2^0',
    took: true,
  })
  expect(attempt?.['stack']).toContain('outcomes.conformance')
  await t.clock.advance('1m')
  await t.runUntilIdle()
  expect(await state(first.id)).toMatchObject({ status: 'error', attempts: ['error', 'error'] })
})

test.each([
  ['snoozes for no time', () => snooze(0, 'not yet'), 'snoozed'],
  [
    'is refused uncounted, without a wait',
    () => {
      throw new Rejected('busy', { retryable: true, countsAsFailure: false })
    },
    'error',
  ],
])('a command that %s ten times in a row waits a second from then on', async (_, handler, outcome) => {
  work = handler
  const [id] = await t.transaction((tx) => enqueue(tx, Soon({ id: 'loop' })))
  await t.runUntilIdle()
  const attempts = await t.rows<{ outcome: string; ms: number }>(
    `select outcome, extract(epoch from next_at - ended_at)::float * 1000 as ms from cascata.attempts where command_id = $1
     order by claim_no`,
    [id],
  )
  expect(attempts.map((attempt) => attempt.outcome)).toEqual(Array(11).fill(outcome))
  expect(attempts.map(({ ms }) => Math.round(ms))).toEqual([...Array(10).fill(0), 1_000])
  work = () => {}
  await t.clock.advance('1s')
  await t.runUntilIdle()
  expect(await state(id as string)).toMatchObject({ status: 'success' })
})

test('stored data that does not match the schema is an error in the end, without a call', async () => {
  const called: string[] = []
  work = ({ command }) => void called.push(command.id)
  const [id] = await t.transaction(async (tx) => {
    const ids = await enqueue(tx, Work({ id: 'old' }))
    await tx.query(`update cascata.commands set data = '{"id":7}' where id = $1`, [ids[0]])
    return ids
  })
  await t.runThrough()
  const found = await state(id as string)
  expect(found).toMatchObject({ status: 'error', attempts: [...Array(20).fill('released'), 'error'] })
  expect(found['error' as never]).toContain('bad-data')
  expect(called).not.toContain(id)
})

test.each([
  ['null', null],
  ['a Proxy that throws at every touch', hostile()],
  ['a text', 'no'],
])('throwing %s is a failure like any other', async (_, thrown) => {
  const failed = await run(() => {
    throw thrown
  })
  expect(failed).toMatchObject({ status: 'scheduled', failures: 1, attempts: ['error'] })
})

function hostile(): object {
  const trap = () => {
    throw new Error('a trap')
  }
  return new Proxy({}, { get: trap, getPrototypeOf: trap })
}

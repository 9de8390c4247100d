import {
  command,
  createApp,
  discardParkedEvent,
  event,
  handle,
  module,
  on,
  type ReprocessEventOptions,
  reprocessEvent,
  SINGLE_TENANT,
  save,
  uuidv7,
} from 'cascata'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { Thing } from '../../test-support/ledger-app.ts'
import { type Engine, startEngine } from '../../test-support/start-engine.ts'

const Happened = event('happened', z.object({}))
const Follow = command('follow', z.object({ of: z.string() }))
let failing = new Set<string>()
const hears = (name: string) =>
  on(
    Happened,
    name,
    () => {
      if (failing.has(name)) throw new Error(`${name} is away`)
      return [Follow({ of: name }), Follow({ of: name })]
    },
    { retry: { attempts: 2, backoff: 'none' } },
  )
const app = createApp([
  module('again', [
    hears('one'),
    hears('other'),
    handle(Follow, async ({ of }, { tx }) => {
      await tx.query(`insert into ledger values ('follow', $1)`, [of])
    }),
  ]),
])

let t: Engine
let id: string
beforeEach(async () => {
  t = await startEngine(app)
})
afterEach(() => t.stop())

/** An event of which these handlers fail from the beginning. */
async function happen(...names: string[]): Promise<void> {
  failing = new Set(names)
  id = (await t.transaction((tx) => save(tx, new Thing([Happened({})]))))[0] as string
}

const again = (options: Partial<ReprocessEventOptions> = {}) =>
  t.transaction((tx) =>
    reprocessEvent(tx, { eventId: id, handler: 'one', author: 'ana', reason: 'The service is back.', ...options }),
  )
const status = async () =>
  (await t.rows('select status from cascata.event_statuses where id = $1', [id]))[0]?.['status']
/** Exact totals; a status whose count went back to nothing is not there. */
const totals = () =>
  t.rows(`select status, n::integer from cascata.current_totals where kind = 'event' and n <> 0 order by status`)

test('what ended in error is run again, once it succeeds the event is in error no more, and nothing is doubled', async () => {
  await happen('one')
  await t.runUntilIdle()
  expect(await status()).toBe('error')
  expect(await totals()).toEqual([
    { status: 'created', n: 1 },
    { status: 'error', n: 1 },
  ])
  failing.clear()
  await again()
  await t.runUntilIdle()
  expect(await status()).toBe('success')
  expect(await totals()).toEqual([{ status: 'created', n: 1 }])
  expect(await t.ledger('follow')).toEqual(['other', 'other', 'one', 'one'])
  expect(
    await t.rows(
      `select claim_no, outcome, final from cascata.event_handlings where handler = 'one' order by claim_no`,
    ),
  ).toEqual([
    { claim_no: 1, outcome: 'error', final: false },
    { claim_no: 2, outcome: 'error', final: false },
    { claim_no: 3, outcome: 'success', final: true },
  ])
  expect(await t.rows('select author, action, target_id, reason from cascata.audit')).toEqual([
    { author: 'ana', action: 'reprocess one', target_id: id, reason: 'The service is back.' },
  ])
  await expect(again()).rejects.toMatchObject({ code: 'not-reprocessable' })
})

test('it fails again with as many tries as its policy has, and can be run again after that', async () => {
  await happen('one')
  await t.runUntilIdle()
  for (const claims of [4, 6]) {
    await again()
    await t.runUntilIdle()
    expect(await status()).toBe('error')
    expect(await totals()).toEqual([
      { status: 'created', n: 1 },
      { status: 'error', n: 1 },
    ])
    expect(await t.rows(`select max(claim_no) as n from cascata.event_handlings where handler = 'one'`)).toEqual([
      { n: claims },
    ])
  }
})

test('an event of which two handlers failed is in error until both have succeeded', async () => {
  await happen('one', 'other')
  await t.runUntilIdle()
  failing.clear()
  await again()
  await t.runUntilIdle()
  expect(await status()).toBe('error')
  expect(await totals()).toContainEqual({ status: 'error', n: 1 })
  await again({ handler: 'other' })
  await t.runUntilIdle()
  expect(await status()).toBe('success')
  expect(await totals()).toEqual([{ status: 'created', n: 1 }])
  expect((await t.ledger('follow')).sort()).toEqual(['one', 'one', 'other', 'other'])
})

test('the hours in which failed events are counted follow', async () => {
  await happen('one', 'other')
  await t.runUntilIdle()
  await t.pool.query(
    `update cascata.event_handlings set ended_at = ended_at - interval '5 hours' where handler = 'one'`,
  )
  await t.pool.query(
    `update cascata.tally_deltas set hour = hour - interval '5 hours' where kind = 'event' and status = 'error'`,
  )
  await t.pool.query('select cascata.fold_tallies()')
  await t.pool.query(`update cascata.tallies set hour = hour - interval '5 hours' where kind = 'event' and status = 'error'
    and hour > now() - interval '2 hours'`)
  failing.clear()
  await again()
  await t.runUntilIdle()
  await t.pool.query('select cascata.fold_tallies()')
  expect(
    await t.rows(
      `select hour > now() - interval '2 hours' as lately, sum(n)::integer as n from cascata.tallies
       where kind = 'event' and status = 'error' group by 1 having sum(n) <> 0`,
    ),
  ).toEqual([{ lately: true, n: 1 }])
})

test('while it is still to be done it is refused', async () => {
  await happen('one')
  await t.runUntilIdle()
  await t.daemon.stop()
  await again()
  await expect(again()).rejects.toMatchObject({ code: 'reprocess-open' })
  const [fresh] = await t.transaction((tx) => save(tx, new Thing([Happened({})])))
  await expect(again({ eventId: fresh as string })).rejects.toMatchObject({ code: 'reprocess-open' })
})

test.each<[string, Partial<ReprocessEventOptions>, string]>([
  ['a handler that it never had', { handler: 'nobody' }, 'not-found'],
  ['no name of a handler', { handler: '' }, 'not-found'],
  ['an event that is not there', { eventId: uuidv7() }, 'not-found'],
  ['no id', { eventId: 'one' }, 'not-found'],
  ['another tenant', { tenant: '00000000-0000-4000-8000-000000000001' }, 'not-found'],
  ['nobody', { author: ' ' }, 'bad-option'],
  ['no reason', { reason: '' }, 'bad-option'],
])('%s is refused', async (_, options, code) => {
  await happen('one')
  await t.runUntilIdle()
  await expect(again(options)).rejects.toMatchObject({ code })
  expect(await t.rows('select 1 from cascata.audit where tenant = $1', [SINGLE_TENANT])).toEqual([])
  expect(await status()).toBe('error')
})

test('what is parked is discarded, and ends in error; a handler of it can be run again after that', async () => {
  await happen()
  await t.runUntilIdle()
  await t.daemon.stop()
  await t.pool.query(
    `insert into cascata.event_queue (tenant, event_id, handler, type, root_id, state, claim_no, failures)
     values ($1, $2, 'removed', 'happened', $2, 'parked', 3, 1)`,
    [SINGLE_TENANT, id],
  )
  const discard = (handler: string | undefined, eventId = id) =>
    t.transaction((tx) =>
      discardParkedEvent(tx, { eventId, author: 'ana', reason: 'It was removed.', ...(handler ? { handler } : {}) }),
    )
  await expect(discard('one')).rejects.toMatchObject({ code: 'not-undecided' })
  await expect(discard('removed', uuidv7())).rejects.toMatchObject({ code: 'not-found' })
  expect(await status()).toBe('pending')
  await discard('removed')
  expect(await status()).toBe('error')
  expect(await t.rows(`select daemon_id from cascata.event_handlings where handler = 'removed'`)).toEqual([
    { daemon_id: null },
  ])
  expect(await totals()).toContainEqual({ status: 'error', n: 1 })
  await expect(discard('removed')).rejects.toMatchObject({ code: 'not-undecided' })
  expect(await t.rows('select action, target_id from cascata.audit')).toEqual([
    { action: 'discard removed', target_id: id },
  ])
  await again({ handler: 'removed' })
  expect(await totals()).not.toContainEqual(expect.objectContaining({ status: 'error' }))
})

test('an event of which nobody has begun a handler is discarded whole, and counted', async () => {
  await happen('one')
  await t.runUntilIdle()
  await t.daemon.stop()
  const [strange] = await t.transaction((tx) => save(tx, new Thing([Happened({})])))
  await t.pool.query(`update cascata.event_queue set state = 'parked' where event_id = $1`, [strange])
  await t.transaction((tx) =>
    discardParkedEvent(tx, { eventId: strange as string, author: 'ana', reason: 'Nobody knows it.' }),
  )
  expect(await t.rows('select status from cascata.event_statuses where id = $1', [strange])).toEqual([
    { status: 'error' },
  ])
  expect(await totals()).toEqual([
    { status: 'created', n: 2 },
    { status: 'error', n: 2 },
  ])
})

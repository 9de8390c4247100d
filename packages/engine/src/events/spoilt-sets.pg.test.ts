import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { Thing } from '../../test-support/ledger-app.ts'
import { type Engine, startEngine } from '../../test-support/start-engine.ts'
import { until } from '../../test-support/until.ts'
import { command, createApp, type EventContext, event, handle, module, on, save } from '../index.ts'

/** One bad event must not sink the others of its set, whatever it does. */
const Happened = event('happened', z.object({ n: z.number() }))
const Follow = command('follow', z.object({ n: z.number(), refused: z.boolean() }))

let odd: (n: number, context: EventContext) => unknown = () => undefined
const app = createApp([
  module('sets', [
    on(Happened, 'even', ({ n }) => Follow({ n, refused: false })),
    on(Happened, 'odd', ({ n }, context) => odd(n, context) as never),
    handle(Follow, () => {}),
  ]),
])

let t: Engine
beforeAll(async () => {
  t = await startEngine(app)
  await t.pool.query(
    `alter table cascata.commands add constraint not_refused check (data->>'refused' is distinct from 'true')`,
  )
})
afterAll(() => t.stop())
afterEach(async () => {
  odd = () => undefined
  await t.pool.query('delete from cascata.event_queue')
})

/** Emits twenty events as one set, and says what became of each handler that is not done. */
async function emitTwenty() {
  const events = Array.from({ length: 20 }, (_, n) => Happened({ n }))
  const ids = await t.transaction((tx) => save(tx, new Thing(events)))
  await t.runUntilIdle()
  const left = await t.rows<{ n: number; handler: string; failed: boolean }>(
    `select (e.data->>'n')::integer as n, q.handler, q.failures > 0 as failed from cascata.event_queue q
     join cascata.events e on e.tenant = q.tenant and e.id = q.event_id order by 1, 2`,
  )
  const handled = await t.rows<{ outcome: string; n: number }>(
    `select outcome, count(*)::integer as n from cascata.event_handlings where event_id = any($1) and claim_no = 1 group by 1 order by 1`,
    [ids],
  )
  const follows = await t.rows(`select 1 from cascata.commands where type = 'follow' and origin_id = any($1)`, [ids])
  return {
    ids,
    left,
    handled: Object.fromEntries(handled.map(({ outcome, n }) => [outcome, n])),
    follows: follows.length,
  }
}

const onlyTheSeventh = [{ n: 7, handler: 'odd', failed: true }]
const allOthers = { error: 1, success: 39 }

test('a follow-up that the database refuses fails its own handler only, and counts against nobody else', async () => {
  odd = (n) => (n === 7 ? Follow({ n, refused: true }) : undefined)
  const { left, handled, follows } = await emitTwenty()
  expect(left).toEqual(onlyTheSeventh)
  expect(handled).toEqual(allOthers)
  expect(follows).toBe(20)
  const [error] = await t.rows(
    `select error from cascata.event_handlings where outcome = 'error' order by ended_at desc limit 1`,
  )
  expect(error?.['error']).toContain('not_refused')
})

test('what a handler wrote before it threw is undone, and what the others wrote stays, in the same transaction', async () => {
  odd = async (n, { tx }) => {
    await tx.query(`insert into ledger values ('kept', $1)`, [n])
    if (n === 7) throw new Error('after writing')
  }
  const { ids, left, handled } = await emitTwenty()
  expect(left).toEqual(onlyTheSeventh)
  expect(handled).toEqual(allOthers)
  expect(await t.ledger('kept')).toHaveLength(19)
  const [{ transactions } = { transactions: 0 }] = await t.rows<{ transactions: number }>(
    `select count(distinct xmin::text)::integer as transactions from ledger where what = 'kept'`,
  )
  expect(transactions).toBeGreaterThan(0)
  const [{ n } = { n: 0 }] = await t.rows<{ n: number }>(
    `select count(distinct xmin::text)::integer as n from cascata.event_handlings
     where handler = 'odd' and claim_no = 1 and event_id = any($1)`,
    [ids],
  )
  expect(n).toBe(1)
})

test('a statement that fails spoils its own handler only, even when the handler swallows the error', async () => {
  odd = async (n, { tx }) => {
    if (n !== 7) return await tx.query(`insert into ledger values ('fine', $1)`, [n]).then(() => undefined)
    await tx.query('select 1/0').catch(() => {})
    return undefined
  }
  const { left } = await emitTwenty()
  expect(left).toEqual(onlyTheSeventh)
  expect(await t.ledger('fine')).toHaveLength(19)
})

test.each(['commit', '  ROLLBACK ', 'end', 'begin'])(
  'a handler may not run "%s" in the transaction of all',
  async (sql) => {
    odd = async (n, { tx }) => {
      await tx.query(`insert into ledger values ($1, $2)`, [sql, n])
      if (n === 7) await tx.query(sql)
    }
    const { left, handled } = await emitTwenty()
    expect(left).toEqual(onlyTheSeventh)
    expect(handled).toEqual(allOthers)
    expect(await t.ledger(sql)).toHaveLength(19)
    const [error] = await t.rows(
      `select error from cascata.event_handlings where outcome = 'error' order by ended_at desc limit 1`,
    )
    expect(error?.['error']).toContain('transaction-ended')
  },
)

test.each([
  ["another service's refused connection", () => Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })],
  ['null', () => null],
  ['undefined', () => undefined],
  ['a Proxy that throws at every touch', () => hostile()],
  ['an error whose code throws', () => Object.defineProperty(new Error('x'), 'code', { get: () => fail() })],
  ['an error of 50 MB', () => new Error('x'.repeat(50 * 1024 * 1024))],
])('a handler that throws %s has failed, like any other', async (_, thrown) => {
  odd = (n) => {
    if (n === 7) throw thrown()
  }
  const { left, handled } = await emitTwenty()
  expect(left).toEqual(onlyTheSeventh)
  expect(handled).toEqual(allOthers)
})

test('a handler that returns what nobody can run has failed, like any other', async () => {
  odd = (n) => (n === 7 ? { kind: 'command', name: 'nobody-handles-this', json: '{}' } : undefined)
  expect((await emitTwenty()).left).toEqual(onlyTheSeventh)
})

test('a handler that uses its transaction after its end is refused', async () => {
  let late: EventContext | undefined
  odd = (n, context) => {
    if (n === 7) late = context
  }
  await emitTwenty()
  await expect(late?.tx.query('select 1')).rejects.toThrow('The handler has ended')
})

function fail(): never {
  throw new Error('a getter that throws')
}

function hostile(): object {
  const trap = () => fail()
  return new Proxy({}, { get: trap, getPrototypeOf: trap, has: trap, ownKeys: trap })
}

test('statements that a handler does not await run in its savepoint, and end no process', async () => {
  odd = (n, { tx }) => {
    void tx.query(n === 7 ? 'select 1 / 0' : `insert into ledger values ('unawaited', $1)`, n === 7 ? [] : [n])
  }
  const { left, handled } = await emitTwenty()
  expect(left).toEqual(onlyTheSeventh)
  expect(handled).toEqual(allOthers)
  expect(await t.ledger('unawaited')).toHaveLength(19)
})

test('an event of which not even the failure can be written waits, counted, and holds nobody up', async () => {
  odd = (n) => {
    if (n === 7) throw new Error('no')
  }
  const [seventh] = await t.transaction(async (tx) => {
    const saved = await save(tx, new Thing([Happened({ n: 7 })]))
    await tx.query(
      `alter table cascata.event_handlings add constraint unwritable check (event_id <> '${saved[0]}') not valid`,
    )
    return saved
  })
  const ids = await t.transaction((tx) =>
    save(tx, new Thing(Array.from({ length: 20 }, (_, n) => Happened({ n: n + 10 })))),
  )
  await t.runUntilIdle()
  const done = await t.rows('select 1 from cascata.event_handlings where event_id = any($1)', [ids])
  expect(done).toHaveLength(40)
  const waiting = `select 1 from cascata.event_queue where event_id = $1 and state = 'scheduled' and crashes > 0`
  await until(async () => (await t.rows(waiting, [seventh])).length === 1, 'it waits, counted')
  expect(t.errors.length).toBeGreaterThan(0)
  await t.pool.query('alter table cascata.event_handlings drop constraint unwritable')
})

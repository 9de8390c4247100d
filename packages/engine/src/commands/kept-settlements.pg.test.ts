import pg from 'pg'
import { afterEach, expect, test } from 'vitest'
import { z } from 'zod'
import { type Engine, startEngine } from '../../test-support/start-engine.ts'
import { gate, until } from '../../test-support/until.ts'
import { command, createApp, done, type ErrorContext, effect, enqueue, handle, module, Rejected } from '../index.ts'

/** What became of commands is kept until the database takes it, whatever it answers meanwhile. */
const N = 30
const data = z.object({ n: z.number() })
const policy = { retry: { attempts: 5, base: '50ms', cap: '100ms' } } as const
const Send = command('send', data, policy)
const Pay = command('pay', data, policy)
const Note = command('note', data)

const calls = new Map<number, number>()
let call: (n: number) => unknown
const app = createApp([
  module('outside', [
    effect(Send, ({ n }) => {
      calls.set(n, (calls.get(n) ?? 0) + 1)
      return call(n) as never
    }),
    effect(
      Pay,
      ({ n }) => {
        calls.set(n, (calls.get(n) ?? 0) + 1)
        return call(n) as never
      },
      { onUnknown: 'hold' },
    ),
    handle(Note, async ({ n }, { tx }) => void (await tx.query(`insert into ledger values ('note', $1)`, [n]))),
  ]),
])

let t: Engine
let heard: { error: unknown; context: ErrorContext }[]
async function start(): Promise<void> {
  calls.clear()
  heard = []
  call = (n) => done(undefined, { providerId: `id ${n}` })
  t = await startEngine(app, {
    concurrency: 2 * N,
    commandsMax: 2 * N,
    onError: (error, context) => heard.push({ error, context }),
  })
  await t.pool.query(`
    create sequence refusals;
    create table refusing (code text, type text, n text);
    create function refuse() returns trigger language plpgsql as $$ declare r public.refusing; begin
      select x.* into r from public.refusing x where coalesce(x.type, new.type) = new.type and (x.n is null or exists (
        select 1 from cascata.commands c where c.tenant = new.tenant and c.id = new.command_id and c.data->>'n' = x.n));
      if not found then return new; end if;
      perform nextval('public.refusals');
      raise exception 'refused' using errcode = r.code;
    end $$;
    create trigger refusing before insert on cascata.attempts for each row execute function refuse()`)
}
afterEach(() => t.stop())

/** From now on the database refuses the attempts of all, of one type, or of one command. */
const refuse = (code: string, { type, n }: { type?: string; n?: number } = {}) =>
  t.pool.query('insert into refusing values ($1, $2, $3)', [code, type, n])
const allow = () => t.pool.query('delete from refusing')
const refusals = async () => {
  const [row] = await t.rows<{ n: number }>(
    'select case when is_called then last_value else 0 end::integer as n from refusals',
  )
  return row?.n ?? 0
}

async function send(what: typeof Send | typeof Pay | typeof Note, n = N): Promise<string[]> {
  return await t.transaction((tx) =>
    enqueue(
      tx,
      Array.from({ length: n }, (_, i) => what({ n: i })),
    ),
  )
}

const statuses = async () =>
  Object.fromEntries(
    (
      await t.rows<{ status: string; n: number }>(
        'select status, count(*)::integer as n from cascata.command_statuses group by 1',
      )
    ).map(({ status, n }) => [status, n]),
  )
const outcomes = () =>
  t.rows('select outcome, final, count(*)::integer as n from cascata.attempts group by 1, 2 order by 1')
const settlementsHeard = () => heard.filter(({ context }) => context.place === 'settle-commands')

test.each([
  ['the server is read-only', '25006', 9], // beyond the upkeep that gives stray claims back
  ['the disk is full', '53100', 3],
  ['memory is out', '53200', 3],
  ['the statement is cancelled', '57014', 3],
  ['signing in fails', '28P01', 3],
  ['a right is missing', '42501', 3],
  ['a table is missing', '42P01', 3],
])(
  'while %s, accepted calls are kept, without dividing them at each try, and written when it is over',
  async (_, code, tries) => {
    await start()
    await refuse(code)
    await send(Send)
    await until(async () => (await refusals()) >= tries, 'it was tried again')
    expect(await statuses()).toEqual({ processing: N })
    expect(t.daemon.health().commandsHeld).toBe(N)
    expect([...calls.values()]).toEqual(Array(N).fill(1))
    // Those that end together fail together once: then one statement a try, and one report.
    expect(await refusals()).toBeLessThan(2 * N)
    expect(settlementsHeard().length).toBeLessThanOrEqual(2)
    expect(settlementsHeard()[0]?.error).toMatchObject({ code })
    await allow()
    await t.runUntilIdle()
    expect(await statuses()).toEqual({ success: N })
    expect(await outcomes()).toEqual([{ outcome: 'success', final: true, n: N }])
    expect(
      await t.rows(`select 1 from cascata.effects where state = 'accepted' and provider_id like 'id %'`),
    ).toHaveLength(N)
    expect([...calls.values()]).toEqual(Array(N).fill(1))
  },
  60_000,
)

test.each([
  ['a check refuses', '23514'],
  ["somebody's trigger raises", 'P0001'],
  ['the server says it of one alone', '57014'],
  ["somebody's trigger is broken", '42883'],
])(
  'what is refused because %s is called once and kept, and its neighbours are written',
  async (_, code) => {
    await start()
    await refuse(code, { n: 7 })
    await send(Send)
    await until(async () => (await statuses())['success'] === N - 1, 'the neighbours are written')
    const before = await refusals()
    await until(async () => (await refusals()) > before, 'it is tried again')
    expect(await statuses()).toEqual({ success: N - 1, processing: 1 })
    await allow()
    await t.runUntilIdle(60_000)
    expect(await statuses()).toEqual({ success: N })
    expect([...calls.values()]).toEqual(Array(N).fill(1))
  },
  90_000,
)

test('a real read-only server: what was accepted before and during it is written once, and called once', async () => {
  await start()
  const answer = gate()
  call = () => answer.opened
  await send(Send)
  await until(() => calls.size === N, 'all are called')
  const database = new URL(t.url).pathname.slice(1)
  await t.pool.query(`alter database "${database}" set default_transaction_read_only = on`)
  await t.pool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'cascata daemon'`,
  )
  answer.open()
  await until(
    () => settlementsHeard().some(({ error }) => (error as { code?: string }).code === '25006'),
    'the database takes nothing',
  )
  await t.pool.query(`alter database "${database}" reset default_transaction_read_only`)
  await t.pool.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'cascata daemon'`,
  )
  await t.runUntilIdle(30_000)
  expect(await statuses()).toEqual({ success: N })
  expect([...calls.values()]).toEqual(Array(N).fill(1))
}, 60_000)

test('what is held stays held though the database refuses to note it at first, and is not called again', async () => {
  await start()
  call = () => Promise.reject(new Error('socket hang up'))
  await refuse('23514')
  await send(Pay, 5)
  await until(async () => (await refusals()) >= 10, 'each is refused twice')
  expect(await statuses()).toEqual({ processing: 5 })
  await allow()
  await t.runUntilIdle(30_000)
  expect(await statuses()).toEqual({ unknown: 5 })
  expect([...calls.values()]).toEqual(Array(5).fill(1))
}, 60_000)

test.each([
  ['while it is kept', true],
  ['before it was ever tried', false],
])(
  'an accepted call whose claim was rescued %s is noted all the same, for whoever decides about it',
  async (_, isKept) => {
    await start()
    const accepted = gate()
    if (isKept) {
      await refuse('23514', { type: 'pay' })
      accepted.open()
    }
    const answer = call
    call = (n) => accepted.opened.then(() => answer(n))
    await send(Pay, 3)
    await until(() => calls.size === 3, 'all are called')
    if (isKept) await until(async () => (await refusals()) >= 6, 'they are kept: each was refused, and one once more')
    // As another daemon would, which thinks this one dead: after the timeout of the calls, and before they are written.
    await t.transaction(async (tx) => {
      await tx.query('select 1 from cascata.command_queue order by id for update') // what is being tried ends first
      await tx.query('delete from refusing')
      await tx.query(`update cascata.effects set deadline_at = now() - interval '1 minute'`)
      const { rows } = await tx.query('select cascata.rescue_commands($1, null, 10) as n', [t.daemon.health().id])
      expect(rows).toEqual([{ n: 3 }])
      accepted.open()
      const writing = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
        and application_name = 'cascata daemon'`
      await until(async () => (await t.rows(writing)).length > 0, 'the daemon writes')
    })
    await until(async () => t.daemon.health().commandsHeld === 0, 'nothing is kept any more')
    expect(await t.rows('select state, provider_id from cascata.effects order by provider_id')).toEqual(
      [0, 1, 2].map((n) => ({ state: 'accepted', provider_id: `id ${n}` })),
    )
    expect(await statuses()).toEqual({ unknown: 3 })
    expect([...calls.values()]).toEqual(Array(3).fill(1))
  },
  60_000,
)

test('that a service refused is noted too when its claim was rescued meanwhile', async () => {
  await start()
  const [entered, answered] = [gate(), gate()]
  call = async () => {
    entered.open()
    await answered.opened
    throw new Rejected('no', { retryable: false })
  }
  await send(Pay, 1)
  await entered.opened
  await t.pool.query(`update cascata.effects set deadline_at = now() - interval '1 minute'`)
  await t.pool.query('select cascata.rescue_commands($1, null, 10)', [t.daemon.health().id])
  answered.open()
  await until(() => t.daemon.health().commandsHeld === 0, 'its end')
  expect(await t.rows('select state from cascata.effects')).toEqual([{ state: 'rejected' }])
  expect(await statuses()).toEqual({ unknown: 1 })
})

test('what a handler has committed is recorded when the database takes it, and does not run again', async () => {
  await start()
  await refuse('25006')
  await send(Note)
  await until(async () => (await refusals()) >= 3, 'it was tried again')
  await allow()
  await t.runUntilIdle(30_000)
  expect(await outcomes()).toEqual([{ outcome: 'success', final: true, n: N }])
  expect(await t.ledger('note')).toHaveLength(N)
}, 60_000)

test('what is refused takes no place: more than the daemon may hold run beside it', async () => {
  await start()
  await refuse('23514', { type: 'send' })
  await send(Send, 2 * N)
  await until(
    async () => (await refusals()) >= 2 * N && calls.size === 2 * N,
    'all places are taken by what is refused',
  )
  const notes = await send(Note)
  await until(
    async () => (await t.rows(`select 1 from cascata.attempts where type = 'note'`)).length === notes.length,
    'the others are done',
  )
  expect(await t.rows(`select 1 from cascata.attempts where type = 'send'`)).toEqual([])
  await allow()
  await t.runUntilIdle(70_000)
  expect([...calls.values()]).toEqual(Array(2 * N).fill(1))
}, 120_000)

test('a stop tries until its grace is over: what the database takes by then is written', async () => {
  await start()
  await refuse('25006')
  await send(Send)
  await until(async () => (await refusals()) > 3, 'they are kept')
  const stopped = t.daemon.stop(20_000)
  await until(() => t.daemon.health().state === 'draining', 'the stop has begun')
  await allow()
  await stopped
  expect(await statuses()).toEqual({ success: N })
  expect([...calls.values()]).toEqual(Array(N).fill(1))
}, 60_000)

test('a stop ends with its grace though nothing could be written; it says so, and a rescue finds the calls', async () => {
  await start()
  await refuse('23514')
  await send(Pay, 3)
  await until(async () => (await refusals()) > 3, 'they are kept')
  await t.daemon.stop(100)
  expect(t.daemon.health()).toMatchObject({ state: 'stopped' })
  await allow()
  expect(await statuses()).toEqual({ processing: 3 })
  expect(settlementsHeard().at(-1)?.error).toMatchObject({ message: expect.stringMatching(/of 3 commands/) })
  const states = await t.rows('select distinct state from cascata.effects')
  expect(states).toEqual([{ state: 'calling' }])
  const client = new pg.Client(t.url)
  await client.connect()
  await client.query(`update cascata.effects set deadline_at = now() - interval '1 minute'`)
  await until(async () => {
    const { rows } = await client.query(
      `select cascata.rescue_commands(claimed_by, null, 10) from cascata.command_queue where state = 'processing' limit 1`,
    )
    return rows.length === 0
  }, 'they are rescued after the timeout of their calls')
  await client.end()
  expect(await statuses()).toEqual({ unknown: 3 })
}, 60_000)

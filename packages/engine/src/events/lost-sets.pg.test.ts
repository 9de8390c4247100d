import { setTimeout as sleep } from 'node:timers/promises'
import { createApp, type ErrorContext, type EventContext, event, module, on, SINGLE_TENANT, save } from 'cascata'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { startTcpProxy } from '../../../../scripts/testing/tcp-proxy.ts'
import { Thing } from '../../test-support/ledger-app.ts'
import { type Engine, startEngine } from '../../test-support/start-engine.ts'
import { until } from '../../test-support/until.ts'

/** A set whose connection is lost: one of its handlers is at fault, or its length, or nobody. */
const Happened = event('happened', z.object({ n: z.number() }))

type Handler = (n: number, context: EventContext) => unknown
let handler: Handler = () => undefined
let other: Handler = () => undefined
let runs: number[] = []
const app = createApp([
  module('sets', [
    on(Happened, 'first', ({ n }, context) => {
      runs.push(n)
      return handler(n, context) as never
    }),
    on(Happened, 'second', ({ n }, context) => other(n, context) as never),
  ]),
])

let t: Engine | undefined
let reports: { error: unknown; context: ErrorContext; at: number }[] = []
beforeEach(() => {
  handler = () => undefined
  other = () => undefined
  runs = []
  reports = []
})
afterEach(async () => {
  await t?.stop()
  t = undefined
})

async function started(database?: Parameters<typeof startEngine>[1]): Promise<Engine> {
  t = await startEngine(app, {
    onError: (error, context) => reports.push({ error, context, at: performance.now() }),
    ...database,
  })
  return t
}

const emit = (engine: Engine, count: number) =>
  engine.transaction((tx) => save(tx, new Thing(Array.from({ length: count }, (_, n) => Happened({ n })))))

const handled = (engine: Engine) =>
  engine.rows(
    `select (e.data->>'n')::integer as n, h.handler, h.outcome, h.final, h.error_class, h.error,
       extract(epoch from h.next_at - h.ended_at) as wait
     from cascata.event_handlings h join cascata.events e on e.tenant = h.tenant and e.id = h.event_id
     where h.outcome <> 'success' order by h.claim_no, h.ended_at`,
  )

const killsItsSession = async (n: number, { tx }: EventContext) => {
  await tx.query(n === 7 ? 'select pg_terminate_backend(pg_backend_pid())' : 'select 1')
}

test('a handler whose statement ends its session costs the others nothing, and counts once it was alone', async () => {
  handler = killsItsSession
  const engine = await started()
  await emit(engine, 20)
  await engine.runUntilIdle()
  const [saved] = await engine.rows(
    `select count(*)::integer as n from cascata.event_handlings where outcome = 'success'`,
  )
  expect(saved).toEqual({ n: 39 }) // the other handler of the same event too
  expect(await engine.rows('select handler, failures, crashes from cascata.event_queue')).toEqual([
    { handler: 'first', failures: 0, crashes: 1 },
  ])
  const ended = await handled(engine)
  expect(ended).toMatchObject([{ n: 7, handler: 'first', outcome: 'lost', final: false }])
  expect(runs.filter((n) => n === 7).length - ended.length).toBeLessThan(9) // halved, not given back whole
})

test('after five times it ends in error, with what the server said, and each time it waited', async () => {
  handler = killsItsSession
  const engine = await started()
  const [id] = (await emit(engine, 8)).slice(7)
  await engine.runThrough()
  expect(await engine.rows('select status from cascata.event_statuses where id = $1', [id])).toEqual([
    { status: 'error' },
  ])
  const all = await handled(engine)
  expect(all.map((row) => row['outcome'])).toEqual(['lost', 'lost', 'lost', 'lost', 'error'])
  const waits = all.slice(0, 4).map((row) => Number(row['wait']))
  for (const [i, seconds] of waits.entries()) expect(seconds).toBeGreaterThanOrEqual(0.5 * 2 ** i - 0.001)
  expect(all.at(-1)).toMatchObject({ n: 7, handler: 'first', final: true, error_class: 'CrashLoop' })
  expect(all.at(-1)?.['error']).toContain('terminating connection due to administrator command')
  const alone = reports.find(({ context }) => context.handler !== undefined)
  expect(alone?.context).toMatchObject({
    place: 'process-events',
    eventId: id,
    eventType: 'happened',
    tenant: SINGLE_TENANT,
    handler: 'first',
  })
  expect(reports.length).toBeLessThan(15)
})

test('a set of which every event ends its session is told of once in ten seconds, not each time', async () => {
  const losses = 10 + 9 // of one event alone, and of several together
  handler = (_, { tx }) => tx.query('select pg_terminate_backend(pg_backend_pid())')
  const engine = await started({ time: 'real' })
  const from = performance.now()
  await emit(engine, 10)
  await until(() => runs.length > losses, 'that many sessions were lost')
  const windows = Math.ceil((performance.now() - from) / 10_000)
  expect(reports.length).toBeLessThanOrEqual(2 * windows) // of the two kinds
}, 90_000)

test('a set that takes longer than its session may live is saved in pieces, and counts against nobody', async () => {
  const sessions = new Set<unknown>()
  handler = async (n, { tx }) => {
    if (n !== 0) return
    const { rows } = await tx.query('select pg_backend_pid() as pid')
    sessions.add(rows[0]?.['pid'])
    await tx.query(`set local idle_in_transaction_session_timeout = '600ms'`)
  }
  other = () => sleep(60)
  const engine = await started()
  await emit(engine, 30)
  await engine.runUntilIdle()
  const [saved] = await engine.rows(
    `select count(*)::integer as n from cascata.event_handlings where outcome = 'success'`,
  )
  expect(saved).toEqual({ n: 60 })
  expect(await handled(engine)).toEqual([])
  expect(sessions.size).toBeGreaterThan(1) // one was lost
})

test('while the database of the handlers is away, events go back uncounted, with pauses in between', async () => {
  let proxy: Awaited<ReturnType<typeof startTcpProxy>> | undefined
  const engine = await started({
    before: async (url) => {
      proxy = await startTcpProxy(url)
    },
    database: (url) => ({ control: url, exec: proxy?.url as string }),
  })
  handler = async (_, { tx }) => {
    await tx.query('select 1')
  }
  await proxy?.close()
  await emit(engine, 50)
  await until(() => reports.length >= 7, 'seven sets in vain')
  // At the least 25, 50, 100 … ms, however fast the machine is.
  expect((reports[6]?.at ?? 0) - (reports[0]?.at ?? 0)).toBeGreaterThan(1_500)
  const [back] = await engine.rows(
    'select max(claim_no) as claims, max(crashes) as crashes, max(failures) as failures from cascata.event_queue',
  )
  expect(back).toMatchObject({ crashes: 0, failures: 0 })
  expect(back?.['claims']).toBeLessThanOrEqual(reports.length + 1)
  expect(await engine.rows('select 1 from cascata.event_handlings')).toEqual([])
})

test.each(['lose-answer', 'lose-commit'] as const)(
  'whatever becomes of the COMMIT of a set (%s), each is saved once',
  async (fate) => {
    let proxy: Awaited<ReturnType<typeof startTcpProxy>> | undefined
    const engine = await started({
      before: async (url) => {
        proxy = await startTcpProxy(url)
      },
      database: (url) => ({ control: url, exec: proxy?.url as string }),
    })
    let commits = 0
    if (proxy) proxy.fate = () => (commits++ === 0 ? fate : 'pass')
    handler = async (n, { tx }) => {
      await tx.query(`insert into ledger values ('heard', $1)`, [n])
    }
    await emit(engine, 20)
    await engine.runUntilIdle()
    expect(commits).toBeGreaterThan(0)
    expect((await engine.ledger('heard')).map(Number).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 20 }, (_, n) => n),
    )
    expect(await handled(engine)).toEqual([])
    expect(await engine.rows('select 1 from cascata.event_queue')).toEqual([])
    await proxy?.close()
  },
)

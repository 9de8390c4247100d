import { setTimeout as sleep } from 'node:timers/promises'
import { command, createApp, createDaemon, type Daemon, event, handle, module, on, save, uuidv7 } from 'cascata'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { startDaemonProcess } from '../../test-support/daemon-process.ts'
import { isSecondServer } from '../../test-support/engine-database.ts'
import { ledgerApp, Noted, Thing } from '../../test-support/ledger-app.ts'
import { type Engine, startEngine } from '../../test-support/start-engine.ts'
import { until } from '../../test-support/until.ts'

/** Several services, or several versions of one, on one database: who hears of what, and what waits for whom. */
const data = z.object({ n: z.number() })
const definitions = () => ({ Placed: event('placed', data), Paid: event('paid', data) })

/** Every handler notes the event's number under its own name. */
function service(names: readonly string[], paid: readonly string[] = []) {
  const { Placed, Paid } = definitions()
  const note = (name: string, of: typeof Placed | typeof Paid) =>
    on(of, name, async ({ n }, { tx }) => {
      await tx.query('insert into ledger (what, id) values ($1, $2)', [name, n])
    })
  return createApp([
    module('service', [...names.map((name) => note(name, Placed)), ...paid.map((name) => note(name, Paid))]),
  ])
}

let t: Engine
let daemons: Daemon[] = []
const { Placed, Paid } = definitions()

beforeEach(() => {
  daemons = []
})
afterEach(async () => {
  await Promise.all(daemons.map((daemon) => daemon.stop(500)))
  await t.stop()
})

async function started(app: ReturnType<typeof service>): Promise<Daemon> {
  const daemon = createDaemon({ app, database: { control: t.url }, pollMs: 50, onError: () => {} })
  await daemon.start()
  daemons.push(daemon)
  return daemon
}

const place = (...numbers: number[]) => t.transaction((tx) => save(tx, new Thing(numbers.map((n) => Placed({ n })))))
const heard = async (name: string) => (await t.ledger(name)).map(Number).sort((a, b) => a - b)
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i)
const queue = () =>
  t.rows('select handler, state, count(*)::integer as n from cascata.event_queue group by 1, 2 order by 1, 2')
const statuses = () => t.rows('select status, count(*)::integer as n from cascata.event_statuses group by 1')

test('two services with a handler each: both hear of each event, once', async () => {
  t = await startEngine(service(['send-mail']))
  await started(service(['make-invoice']))
  for (const n of upTo(40)) await place(n)
  await t.runUntilIdle()
  expect(await heard('send-mail')).toEqual(upTo(40))
  expect(await heard('make-invoice')).toEqual(upTo(40))
  expect(await statuses()).toEqual([{ status: 'success', n: 40 }])
})

test('an event waits for nobody after a handler was renamed, and what the old name missed goes after a day', async () => {
  t = await startEngine(service([], ['other']))
  const before = await started(service(['notify']))
  await before.stop()
  await started(service(['notify-customer']))
  for (const n of upTo(110)) {
    await t.transaction((tx) => save(tx, new Thing([Placed({ n })], uuidv7())))
  }
  await t.transaction((tx) => save(tx, new Thing([Paid({ n: 1 })])))
  await t.runUntilIdle()
  expect(await heard('notify-customer')).toEqual(upTo(110))
  expect(await heard('other')).toEqual([1])
  expect(await queue()).toEqual([{ handler: 'notify', state: 'absent', n: 110 }])
  expect(await statuses()).toEqual([{ status: 'success', n: 111 }])
  await t.pool.query(`update cascata.subscriptions set ended_at = now() - interval '25 hours' where handler = 'notify'`)
  await until(async () => (await queue()).length === 0, 'a day later nothing is left')
  await until(
    async () => (await t.rows(`select 1 from cascata.subscriptions where handler = 'notify'`)).length === 0,
    'nor of the subscription',
  )
})

test('a service that is away for a while hears of what came meanwhile, once', async () => {
  t = await startEngine(service(['send-mail']))
  const billing = await started(service(['make-invoice']))
  await place(0, 1, 2)
  await t.runUntilIdle()
  await billing.stop()
  await place(3, 4, 5)
  await t.runUntilIdle()
  expect(await queue()).toEqual([{ handler: 'make-invoice', state: 'absent', n: 3 }])
  expect(await statuses()).toEqual([{ status: 'success', n: 6 }])
  await started(service(['make-invoice', 'made-new']))
  await place(6)
  await until(async () => (await heard('make-invoice')).length === 7, 'the service has caught up')
  await t.runUntilIdle()
  expect(await heard('make-invoice')).toEqual(upTo(7))
  expect(await heard('send-mail')).toEqual(upTo(7))
  expect(await heard('made-new')).toEqual([6]) // what came before it was there is not its own
  expect(await queue()).toEqual([])
})

test('what waited for a service that leaves is kept, and waits no more; what it had tried does', async () => {
  t = await startEngine(service(['send-mail']))
  const billing = await started(service(['make-invoice']))
  await billing.stop()
  const ids = await place(0, 1)
  await t.runUntilIdle()
  await t.pool.query(`update cascata.event_queue set state = 'pending', failures = 1 where event_id = $1`, [ids[0]])
  await t.pool.query(`update cascata.event_queue set state = 'pending' where event_id = $1`, [ids[1]])
  await until(
    async () => (await t.rows(`select 1 from cascata.event_queue where state = 'absent'`)).length === 1,
    'the one that was never begun is kept apart',
  )
  expect(await t.rows('select status from cascata.event_statuses where id = any($1) order by id', [ids])).toEqual([
    { status: 'pending' },
    { status: 'success' },
  ])
  await started(service(['make-invoice']))
  await until(async () => (await heard('make-invoice')).length === 2, 'both are done when it is back')
})

test('a service that was killed hears of what came until it is back', async () => {
  t = await startEngine(ledgerApp(['new']))
  const child = await startDaemonProcess(t.url, { without: ['old'], leaseMs: 1_000 })
  await child.end('SIGKILL')
  const ids = upTo(10).map((n) => `event ${n}`)
  for (const id of ids) await t.transaction((tx) => save(tx, new Thing([Noted({ id })])))
  await until(async () => (await t.ledger('write')).length === 10, 'the other service goes on')
  const again = await startDaemonProcess(t.url, { without: ['old'], leaseMs: 1_000 })
  await until(async () => (await t.ledger('write')).length === 20, 'the killed one has caught up')
  await again.end('SIGTERM')
  expect((await t.ledger('write')).sort()).toEqual(ids.flatMap((id) => [`new ${id}`, `old ${id}`]).sort())
})

test('a weekend with all services at rest: the first that is back does not take the other for gone', async () => {
  t = await startEngine(service(['send-mail']))
  const billing = await started(service(['make-invoice']))
  await billing.stop()
  await place(0, 1)
  await t.runUntilIdle()
  await t.daemon.stop()
  await place(2)
  await t.pool.query(
    `update cascata.subscriptions set seen_at = seen_at - interval '3 days', ended_at = ended_at - interval '3 days'`,
  )
  const noEvents = createDaemon({ app: service(['send-mail']), database: { control: t.url }, take: { events: false } })
  daemons.push(noEvents)
  await noEvents.start()
  await started(service(['send-mail']))
  await until(async () => (await heard('send-mail')).length === 3, 'the first is at work again')
  await t.rows('select cascata.move_absent(1000)')
  expect(await queue()).toEqual([{ handler: 'make-invoice', state: 'absent', n: 3 }])
  await started(service(['make-invoice']))
  await until(async () => (await heard('make-invoice')).length === 3, 'the other hears of all of it')
})

test('what is kept survives a daemon that registers while another asks which handlers there are', async () => {
  t = await startEngine(service(['send-mail']))
  const billing = await started(service(['make-invoice']))
  await billing.stop()
  await place(0, 1)
  await t.runUntilIdle()
  await t.daemon.stop()
  await t.pool.query(
    `update cascata.subscriptions set seen_at = seen_at - interval '3 days', ended_at = ended_at - interval '3 days'`,
  )
  // Lets subscriptions be read and not written: the one that asks waits between its look and its writing.
  const holder = await t.pool.connect()
  await holder.query('begin; lock table cascata.subscriptions in share mode')
  const asking = t.rows('select cascata.follow_subscriptions()')
  await until(
    async () =>
      (await t.rows(`select 1 from pg_locks where relation = 'cascata.subscriptions'::regclass and not granted`))[0],
    'it waits to write',
  )
  const starting = started(service(['send-mail']))
  await until(
    async () => (await t.rows(`select 1 from cascata.daemons where state = 'running'`))[0],
    'it is registered',
  )
  await holder.query('commit')
  holder.release()
  await Promise.all([asking, starting])
  await t.rows('select cascata.move_absent(1000)')
  expect(await queue()).toEqual([{ handler: 'make-invoice', state: 'absent', n: 2 }])
})

test('tenants that have nothing for a daemon do not hide those that have', async () => {
  t = await startEngine(service([], ['other']))
  // A service that is there and claims nothing.
  await t.pool.query(
    `insert into cascata.daemons (id, lock_key, host, pid, version, state, lease_ms, event_types, command_types,
       event_handlers, heartbeat_at)
     values ($1, 1, 'elsewhere', 1, '1', 'running', 15000, '{placed}', '{}', '{placed/busy}', now() + interval '1 hour')`,
    [uuidv7()],
  )
  const tenants = Array.from({ length: 250 }, (_, n) => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`)
  for (const tenant of tenants) {
    await t.transaction((tx) => save(tx, new Thing([Placed({ n: 1 }), Placed({ n: 2 })], tenant)))
  }
  const last = '10000000-0000-4000-8000-000000000000'
  for (const n of upTo(5)) {
    await t.transaction((tx) => save(tx, new Thing([Paid({ n })], n % 2 === 0 ? last : (tenants[120] as string))))
    await until(async () => (await heard('other')).length === n + 1, `number ${n} is done`)
  }
  expect(await queue()).toEqual([{ handler: '', state: 'pending', n: 500 }])
})

const DEPLOYS = isSecondServer ? 6 : 20
/** Events that wait at the most: on a busy machine, more would come than the daemons handle. */
const AHEAD_MAX = 200

test(`${DEPLOYS} rolling deploys under load: each handler that was there throughout hears of each event once`, async ({
  signal,
}) => {
  // Version v has one handler that is new, one that goes with the next, and commands of its own and the one before.
  const version = (v: number) => {
    const { Placed: Heard } = definitions()
    const step = (k: number) => command(`step-${k}`, data)
    const steps = [v - 1, v].map((k) => ({ k, definition: step(k) }))
    return createApp([
      module('shop', [
        on(Heard, 'keep', ({ n }) => steps[1]?.definition({ n })),
        ...[v - 1, v].map((k) =>
          on(Heard, `of-${k}`, async ({ n }, { tx }) => {
            await tx.query('insert into ledger (what, id) values ($1, $2)', [`of-${k}`, n])
          }),
        ),
        ...steps.map(({ definition }) =>
          handle(definition, async ({ n }, { tx }) => {
            await tx.query(`insert into ledger (what, id) values ('step', $1)`, [n])
          }),
        ),
      ]),
    ])
  }
  t = await startEngine(service(['other-service']))
  let running = await started(version(1))
  let n = 0
  let done = 0
  let loading = true
  const load = (async () => {
    while (loading && !signal.aborted) {
      await sleep(10)
      if (n > done + AHEAD_MAX) continue
      await place(n, n + 1)
      n += 2
    }
  })()
  for (let v = 2; v < 2 + DEPLOYS; v++) {
    const next = createDaemon({ app: version(v), database: { control: t.url }, pollMs: 50, onError: () => {} })
    daemons.push(next)
    if (v % 2 === 0) {
      await next.start()
      await running.stop(2_000)
    } else {
      await running.stop(2_000)
      await next.start()
    }
    running = next
    const sofar = n
    await until(
      async () => {
        const [row] = await t.rows<{ steps: number; others: number }>(
          `select count(*) filter (where what = 'step')::integer as steps,
           count(*) filter (where what = 'other-service')::integer as others
         from ledger where id::integer < $1`,
          [sofar],
        )
        if (row) done = Math.min(row.steps, row.others)
        return done >= sofar
      },
      `all ${sofar} events that came before the end of deploy ${v - 1} are done`,
    )
  }
  loading = false
  await load
  await t.runUntilIdle()
  expect(await heard('step')).toEqual(upTo(n))
  expect(await heard('other-service')).toEqual(upTo(n))
  const twice = await t.rows('select what, id from ledger group by 1, 2 having count(*) > 1')
  expect(twice).toEqual([])
  expect(await t.rows(`select 1 from cascata.event_handlings where outcome in ('lost', 'error')`)).toEqual([])
  expect(await t.rows(`select distinct state from cascata.event_queue where handler in ('', 'keep')`)).toEqual([])
}, 300_000) // a deploy takes a second, and several on a busy machine

import { setTimeout as sleep } from 'node:timers/promises'
import { createApp, type EventContext, event, module, on, save } from 'cascata'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { Thing } from '../../test-support/ledger-app.ts'
import { startEngine } from '../../test-support/start-engine.ts'
import { until } from '../../test-support/until.ts'

const Happened = event('happened', z.object({ n: z.number() }))

async function startedWith(handler: (n: number, context: EventContext) => unknown, count: number) {
  const app = createApp([module('stop', [on(Happened, 'hears', ({ n }, context) => handler(n, context) as never)])])
  const t = await startEngine(app)
  await t.transaction((tx) => save(tx, new Thing(Array.from({ length: count }, (_, n) => Happened({ n })))))
  const queue = () =>
    t.rows('select state, sum(crashes)::integer as crashes, count(*)::integer as n from cascata.event_queue group by 1')
  const handled = () =>
    t.rows('select outcome, count(*)::integer as n from cascata.event_handlings group by 1 order by 1')
  return { ...t, queue, handled }
}

test('a stop in the middle of a set saves what is done and gives back the rest, counted against nobody', async () => {
  let begun = 0
  let runs = 0
  const t = await startedWith(async (n, { tx }) => {
    begun++
    await tx.query(`insert into ledger values ('heard', $1)`, [n])
    await sleep(20)
    runs++
  }, 100)
  await until(() => runs >= 20, 'the set is under way')
  const stopped = t.daemon.stop(15_000)
  const before = begun
  await stopped
  expect(begun).toBe(before)
  expect(runs).toBe(begun)
  expect(await t.handled()).toEqual([{ outcome: 'success', n: runs }])
  expect(await t.queue()).toEqual([{ state: 'pending', crashes: 0, n: 100 - runs }])
  expect(await t.ledger('heard')).toHaveLength(runs)
  expect(t.errors).toEqual([])
  await t.stop()
})

test.each([
  ['in the process', () => new Promise(() => {})],
  ['in the database', (_: number, { tx }: EventContext) => tx.query('select pg_sleep(60)')],
])('a handler that hangs %s is left behind when the grace is over, and counts as nothing', async (_, hangs) => {
  let hanging = false
  const t = await startedWith((n, context) => {
    if (n < 5) return
    hanging = true
    return hangs(n, context)
  }, 6)
  await until(() => hanging, 'the sixth hangs')
  const from = performance.now()
  await t.daemon.stop(500)
  expect(performance.now() - from).toBeLessThan(5_000)
  const [queue] = await t.queue()
  expect(queue).toMatchObject({ state: 'pending', crashes: 0 })
  expect((await t.handled()).filter((row) => row['outcome'] !== 'success')).toEqual([])
  expect(t.errors).toEqual([])
  await t.stop()
})

test('once the grace is over no other handler of the event is begun: each waits, with a row of its own', async () => {
  let hanging = false
  let begun = 0
  const app = createApp([
    module('stop', [
      on(Happened, 'hangs', () => {
        hanging = true
        return new Promise<undefined>(() => {})
      }),
      on(Happened, 'hears', () => void begun++),
      on(Happened, 'sees', () => void begun++),
    ]),
  ])
  const t = await startEngine(app)
  await t.transaction((tx) => save(tx, new Thing([Happened({ n: 1 })])))
  await until(() => hanging, 'the first hangs')
  await t.daemon.stop(200)
  expect(begun).toBe(0)
  expect(await t.rows('select handler, state, crashes, failures from cascata.event_queue order by 1')).toEqual(
    ['hangs', 'hears', 'sees'].map((handler) => ({ handler, state: 'pending', crashes: 0, failures: 0 })),
  )
  expect(await t.rows('select 1 from cascata.event_handlings')).toEqual([])
  await t.stop()
})

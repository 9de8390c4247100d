import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type Engine, startEngine } from '../../test-support/start-engine.ts'
import { gate, until } from '../../test-support/until.ts'
import { command, createApp, createDaemon, enqueue, handle, module, uuidv7 } from '../index.ts'

/** Who runs when, seen from inside the handlers. */
const Slow = command('slow', z.object({}), { lane: 'bulk', timeout: '1h' })
const Quick = command('quick', z.object({ id: z.string() }))
/** One slot does no more than 100 of these in a second. */
const Paced = command('paced', z.object({ id: z.string() }))
const Click = command('click', z.object({}), { lane: 'interactive' })

let slow = gate()
let running = 0
let runningMax = 0
const done: string[] = []
const app = createApp([
  module('lanes', [
    handle(Slow, async () => {
      runningMax = Math.max(runningMax, ++running)
      await slow.opened
      running--
    }),
    handle(Quick, async ({ id }) => {
      runningMax = Math.max(runningMax, ++running)
      await new Promise((resolve) => setImmediate(resolve))
      running--
      done.push(id)
    }),
    handle(Paced, async ({ id }) => {
      await sleep(10)
      done.push(id)
    }),
    handle(Click, () => {
      done.push('click')
    }),
  ]),
])

let t: Engine
beforeAll(async () => {
  t = await startEngine(app, { concurrency: 10, commandsMax: 100 })
})
afterEach(async () => {
  slow.open()
  await t.runUntilIdle()
  slow = gate()
  done.length = 0
  runningMax = 0
})
afterAll(() => t.stop())

test('one slow command does not hold up the other 99 that were claimed with it', async () => {
  const others = Array.from({ length: 99 }, (_, i) => Quick({ id: String(i) }))
  await t.transaction((tx) => enqueue(tx, [Slow({}, { lane: 'default' }), ...others]))
  await until(() => done.length === 99, 'the other 99')
  expect(running).toBe(1)
})

test('with every slot of bulk taken by work that does not end, a click is still served', async () => {
  await t.transaction((tx) =>
    enqueue(
      tx,
      Array.from({ length: 300 }, () => Slow({})),
    ),
  )
  await until(() => running === 8, 'bulk has all that it may have')
  // Of the 100 a tenth stays free; more, when the look was under way while commands of the last test still counted.
  expect(t.daemon.health().commandsHeld).toBeLessThanOrEqual(90)
  await t.transaction((tx) => enqueue(tx, Click({})))
  await until(() => done.includes('click'), 'the click')
  expect(running).toBe(8)
})

for (const [crowd, below] of [
  ['default', ['bulk']],
  ['interactive', ['default', 'bulk']],
] as const) {
  for (const [slots, claims] of [
    [10, 100],
    [1, 1],
  ] as const) {
    test(`a crowd in ${crowd} does not hold up the lanes below it, with ${slots} slots for ${claims} claims`, async () => {
      const one = await startEngine(app, { concurrency: slots, commandsMax: claims })
      await one.daemon.stop()
      const size = claims === 1 ? 1_000 : 8_000
      await one.transaction((tx) =>
        enqueue(
          tx,
          Array.from({ length: size }, () => Quick({ id: 'crowd' }, { lane: crowd })),
        ),
      )
      await one.transaction((tx) =>
        enqueue(
          tx,
          below.map((lane) => Quick({ id: lane }, { lane })),
        ),
      )
      const daemon = createDaemon({ app, database: { control: one.url }, concurrency: slots, commandsMax: claims })
      await daemon.start()
      await until(() => below.every((lane) => done.includes(lane)), 'the lanes below')
      await daemon.stop()
      // A tenth of the claims is theirs.
      for (const lane of below) expect(done.indexOf(lane)).toBeLessThan(size / 4)
      await one.stop()
    })
  }
}

test('no more run at once than the daemon was told', async () => {
  slow.open()
  await t.transaction((tx) =>
    enqueue(
      tx,
      Array.from({ length: 500 }, (_, i) => Quick({ id: String(i) })),
    ),
  )
  await until(() => done.length === 500, 'all')
  expect(runningMax).toBeGreaterThan(1)
  expect(runningMax).toBeLessThanOrEqual(10)
})

test('within a tenant: by priority, then by age', async () => {
  slow = gate()
  const one = await startEngine(app, { concurrency: 1, commandsMax: 1 })
  await one.transaction((tx) =>
    enqueue(tx, [
      Slow({}, { lane: 'interactive' }),
      Quick({ id: 'c' }),
      Quick({ id: 'd' }),
      Quick({ id: 'a' }, { priority: -5 }),
      Quick({ id: 'b' }, { priority: -1 }),
    ]),
  )
  slow.open()
  await one.runUntilIdle()
  await one.stop()
  expect(done).toEqual(['a', 'b', 'c', 'd'])
})

test('small claims go round the tenants, however many there are', async () => {
  slow = gate()
  const one = await startEngine(app, { concurrency: 1, commandsMax: 1 })
  await one.transaction((tx) => enqueue(tx, Slow({}, { lane: 'interactive' })))
  await until(() => running === 1, 'nobody is done before all are there')
  const tenants = Array.from({ length: 25 }, () => uuidv7())
  for (const tenant of tenants) {
    const own = Array.from({ length: 4 }, () => Quick({ id: tenant }))
    await one.transaction((tx) => enqueue(tx, own, { tenant }))
  }
  slow.open()
  await one.runUntilIdle(60_000)
  await one.stop()
  expect(done).toHaveLength(100)
  for (const round of [0, 25, 50, 75]) expect(new Set(done.slice(round, round + 25))).toEqual(new Set(tenants))
}, 90_000)

test("a tenant's crowd does not make the others wait for its end", async () => {
  slow = gate()
  const one = await startEngine(app, { concurrency: 1, commandsMax: 20 })
  const crowd = uuidv7()
  await one.transaction((tx) => enqueue(tx, Slow({}, { lane: 'interactive' }))) // nobody is done before all are there
  await until(() => running === 1, 'the only slot is taken')
  await one.transaction((tx) =>
    enqueue(
      tx,
      Array.from({ length: 1_000 }, () => Paced({ id: 'crowd' })),
      { tenant: crowd },
    ),
  )
  for (let i = 0; i < 5; i++) {
    await one.transaction((tx) => enqueue(tx, Quick({ id: `small ${i}` }), { tenant: uuidv7() }))
  }
  slow.open()
  await until(() => done.filter((id) => id !== 'crowd').length === 5, 'the others')
  await one.stop()
  // Commands that were claimed before they came go first. A claim of the crowd that took long is followed by half a second of claims
  // behind it: at 10 ms each that is 50 of the crowd, however quick the machine.
  expect(done.length).toBeLessThan(500)
})

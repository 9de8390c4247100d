import { createApp, effect, handle, module, on, save } from 'cascata'
import { type Harness, startHarness } from 'cascata/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { FreshDatabase } from '../../../../scripts/testing/fresh-database.ts'
import { testConsole } from '../../test-support/console-client.ts'
import { consoleDatabase } from '../../test-support/console-database.ts'
import { ConfirmOrder, Order, OrderPlaced, SendMail } from '../../test-support/orders-app.ts'
import { getCommand, getEvent, getOverview } from '../contract/index.ts'

/** Orders whose mails are sent one by one, by a service that may be away. */
const service = { away: false, billingAway: false }
const app = createApp([
  module('orders', [
    on(OrderPlaced, 'confirm-order', ({ orderId, mails }) => {
      if (service.billingAway) throw new TypeError('no billing')
      return ConfirmOrder({ orderId, mails })
    }),
    handle(ConfirmOrder, ({ mails }) => Array.from({ length: mails }, (_, n) => SendMail({ n }))),
    effect(SendMail, async ({ n }) => {
      if (service.away) throw new RangeError(`no answer for mail ${n} (4f1c9e02)`)
    }),
  ]),
])

let database: FreshDatabase
let t: Harness

beforeEach(async () => {
  service.away = false
  service.billingAway = false
  database = await consoleDatabase()
  t = await startHarness({ app, url: database.url, database: { control: database.url } })
})

afterEach(async () => {
  await t.stop()
  await database.drop()
})

/** A console that nobody has looked at before: it knows no more than what the database says. */
async function look() {
  const c = testConsole({ database: database.url, app })
  try {
    const { failing } = await c.ask(getOverview, {})
    const [cause] = failing.causes
    if (cause?.kind === 'command') await c.ask(getCommand, { commandId: cause.example })
    if (cause?.kind === 'event') await c.ask(getEvent, { eventId: cause.example })
    return failing
  } finally {
    expect(c.errors).toEqual([])
    await c.console.close()
  }
}

test('nothing fails: no attempts, no causes', async () => {
  await t.transaction((tx) => save(tx, new Order(2)))
  await t.runUntilIdle()
  expect(await look()).toEqual({ attemptsLastMinute: 0, retrying: { events: 0, commands: 0 }, more: false, causes: [] })
})

test('a service is away: failed attempts and their one cause show before any command has given up', async () => {
  service.away = true
  await t.transaction((tx) => save(tx, new Order(5)))
  await t.runUntilIdle()
  const failing = await look()
  expect(failing).toMatchObject({ attemptsLastMinute: 5, retrying: { events: 0, commands: 5 }, more: false })
  expect(failing.causes).toEqual([
    {
      kind: 'command',
      type: 'order.send-mail',
      label: null,
      handler: null,
      error: { class: 'RangeError', message: expect.stringMatching(/^no answer for mail \d \(4f1c9e02\)$/) },
      count: 5,
      retrying: 5,
      since: expect.any(String),
      latest: expect.any(String),
      example: expect.stringMatching(/^cmd_/),
    },
  ])
})

test('the service is back: nothing tries again, and the cause stays for a few minutes as one that is over', async () => {
  service.away = true
  await t.transaction((tx) => save(tx, new Order(3)))
  await t.runUntilIdle()
  const before = (await look()).causes[0]
  service.away = false
  await t.clock.advance('1m')
  await t.runUntilIdle()
  const after = await look()
  expect(after.retrying).toEqual({ events: 0, commands: 0 })
  expect(after.causes).toMatchObject([{ count: 3, retrying: 0, since: before?.since }])
})

test('commands that have given up count as failures, and no longer as trying again', async () => {
  service.away = true
  await t.transaction((tx) => save(tx, new Order(1)))
  await t.runUntilIdle()
  await t.clock.advance('1m')
  await t.runUntilIdle()
  const failing = await look()
  expect(failing.attemptsLastMinute).toBe(2)
  expect(failing.causes).toMatchObject([{ count: 1, retrying: 0 }])
  expect(Date.parse(failing.causes[0]?.since ?? '')).toBeLessThan(Date.parse(failing.causes[0]?.latest ?? ''))
})

test('a handler of an event that fails is told with its name, apart from commands', async () => {
  service.billingAway = true
  await t.transaction((tx) => save(tx, new Order(1)))
  await t.runUntilIdle()
  const failing = await look()
  expect(failing.retrying).toEqual({ events: 1, commands: 0 })
  expect(failing.causes).toMatchObject([
    {
      kind: 'event',
      type: 'order.placed',
      handler: 'confirm-order',
      error: { class: 'TypeError', message: 'no billing' },
      count: 1,
      retrying: 1,
      example: expect.stringMatching(/^evt_/),
    },
  ])
})

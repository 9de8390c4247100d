import { createApp, createDaemon, event, module, on, save } from 'cascata'
import { type Harness, startHarness } from 'cascata/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import type { FreshDatabase } from '../../../../../scripts/testing/fresh-database.ts'
import { type TestConsole, testConsole } from '../../../test-support/console-client.ts'
import { consoleDatabase } from '../../../test-support/console-database.ts'
import { app, Order } from '../../../test-support/orders-app.ts'
import { getEvent, listEvents } from '../../contract/index.ts'

let database: FreshDatabase
let t: Harness
let c: TestConsole

beforeEach(async () => {
  database = await consoleDatabase()
  t = await startHarness({ app, url: database.url, database: { control: database.url } })
  c = testConsole({ database: database.url, app })
})

afterEach(async () => {
  expect(c.errors).toEqual([])
  await c.console.close()
  await t.stop()
  await database.drop()
})

test('a handler of a service that is away is shown, and waits for it', async () => {
  const placed = event('order.placed', z.object({ orderId: z.string(), mails: z.number() }))
  const billing = createApp([module('billing', [on(placed, 'make-invoice', () => [])])])
  const daemon = createDaemon({ app: billing, database: { control: database.url } })
  await daemon.start()
  await daemon.stop()
  await t.transaction((tx) => save(tx, new Order(0)))
  await t.runUntilIdle()
  const item = (await c.ask(listEvents, { type: ['order.placed'] })).items[0]
  const shown = await c.ask(getEvent, { eventId: item?.id ?? '' })
  expect(shown.status).toBe('success')
  expect(shown.handlers).toMatchObject([
    { handler: 'confirm-order', status: 'success', parked: false, runs: [{ outcome: 'success' }] },
    { handler: 'make-invoice', status: 'pending', parked: true, failures: 0, nextAt: null, error: null, runs: [] },
  ])
})

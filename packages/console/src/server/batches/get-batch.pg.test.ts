import { batch, command, createApp, effect, enqueue, module } from 'cascata'
import { type Harness, startHarness } from 'cascata/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import type { FreshDatabase } from '../../../../../scripts/testing/fresh-database.ts'
import { type TestConsole, testConsole } from '../../../test-support/console-client.ts'
import { consoleDatabase } from '../../../test-support/console-database.ts'
import { getBatch } from '../../contract/index.ts'

/** A batch of three calls, each of which answers when the test says so. */
const Pay = command('pay', z.object({ n: z.number() }))

let calls: PromiseWithResolvers<void>[]
const app = createApp([module('payments', [effect(Pay, ({ n }) => calls[n]?.promise as never, { onUnknown: 'hold' })])])

let database: FreshDatabase
let t: Harness
let c: TestConsole

beforeEach(async () => {
  calls = [0, 1, 2].map(() => Promise.withResolvers<void>())
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

test('the first start is known while calls are under way, and what waits for a person has no time left', async () => {
  const payments = batch('payments', [0, 1, 2], (n) => Pay({ n }))
  const [batchId] = (await t.transaction((tx) => enqueue(tx, payments))) as [string]
  const ask = () => c.ask(getBatch, { batchId })
  const counts = async () => {
    const { success, processing, unknown } = (await ask()).progress.byStatus
    return { success, processing, unknown }
  }
  const calling = `select 1 from cascata.effects where state = 'calling'`
  await expect.poll(async () => (await t.pool.query(calling)).rowCount, { timeout: 30_000 }).toBe(3)
  const started = await ask()
  expect(started.progress.byStatus.processing).toBe(3)
  expect(started.firstStartedAt).not.toBeNull()
  expect(started.remainingMs).toBeNull()

  calls[0]?.resolve()
  calls[1]?.reject(new Error('socket hang up'))
  await expect.poll(counts, { timeout: 30_000 }).toEqual({ success: 1, processing: 1, unknown: 1 })
  const going = await ask()
  expect(going.remainingMs).toBeCloseTo(1_000 / (going.ratePerSecond ?? 0), 3)

  calls[2]?.resolve()
  await t.runUntilIdle()
  expect(await counts()).toEqual({ success: 2, processing: 0, unknown: 1 })
  const held = await ask()
  expect(held).toMatchObject({ status: 'processing', remainingMs: null })
  expect(held.ratePerSecond).toBeGreaterThan(0)
})

import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { z } from 'zod'
import { Thing } from '../../test-support/ledger-app.ts'
import { type Engine, startEngine } from '../../test-support/start-engine.ts'
import { command, createApp, done, effect, enqueue, event, handle, module, on, save } from '../index.ts'

/** Each asks the database, and has its answer long before its time is up; but the process does not look. */
const none = z.object({})
const Ask = command('ask', none, { timeout: '1s' })
const Call = command('call', none, { timeout: '1s' })
const Compute = command('compute', none)
const Asked = event('asked', none)
const ASK = 'select pg_sleep(0.2)'

let asking = 0
let calls = 0
const app = createApp([
  module('m', [
    handle(Ask, async (_, { tx }) => {
      asking++
      await tx.query(ASK)
    }),
    effect(
      Call,
      async (_, { db }) => {
        calls++
        asking++
        await db.query(ASK)
        return done()
      },
      { onUnknown: 'hold' },
    ),
    on(
      Asked,
      'ask',
      async (_, { tx }) => {
        asking++
        await tx.query(ASK)
      },
      { timeout: '1s' },
    ),
    handle(Compute, async () => {
      while (asking < 3) await sleep(1)
      for (const until = performance.now() + 2_500; performance.now() < until; );
    }),
  ]),
])

let t: Engine
afterAll(() => t.stop())

test('while one handler computes, the others’ time runs out unseen: what was answered in time has not failed', async () => {
  t = await startEngine(app)
  await t.transaction(async (tx) => {
    await enqueue(tx, [Ask({}), Call({}), Compute({})])
    await save(tx, new Thing([Asked({})]))
  })
  await t.runUntilIdle()
  expect(await t.rows('select type, claim_no, outcome from cascata.attempts order by type')).toEqual(
    ['ask', 'call', 'compute'].map((type) => ({ type, claim_no: 1, outcome: 'success' })),
  )
  expect(await t.rows('select outcome from cascata.event_handlings')).toEqual([{ outcome: 'success' }])
  expect(calls).toBe(1)
})

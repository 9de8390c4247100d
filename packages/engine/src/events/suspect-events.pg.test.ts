import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { Thing } from '../../test-support/ledger-app.ts'
import { type Engine, startEngine } from '../../test-support/start-engine.ts'
import { until } from '../../test-support/until.ts'
import { createApp, event, module, on, save } from '../index.ts'

/** Events that were in hand when a daemon was lost, and which of them are suspected of having killed it. */
const Numbered = event('numbered', z.object({ n: z.number() }))
const Fails = event('fails', z.object({}))

/** Crashes, and the number of events that had so many, after each loss. */
const losses: number[][][] = []
const app = createApp([
  module('suspects', [
    on(Numbered, 'note', async ({ n }, { tx }) => {
      if (n === 40 && losses.length < 2) {
        // As another daemon does that has heard nothing of this one for a lease.
        await t.rows('select cascata.rescue_events($1, null, 1000)', [t.daemon.health().id])
        losses.push(await crashes())
      }
      await tx.query(`insert into ledger values ('numbered', $1)`, [n])
    }),
    on(Fails, 'fail', () => {
      throw new Error('no')
    }),
  ]),
])

let t: Engine
beforeAll(async () => {
  t = await startEngine(app)
})
afterAll(() => t.stop())

const crashes = async () => {
  const rows = await t.rows<{ crashes: number; n: number }>(
    'select crashes, count(*)::integer as n from cascata.event_queue group by 1 order by 1',
  )
  return rows.map(({ crashes, n }) => [crashes, n])
}

test('the first loss counts for all that were in hand, the second for the piece that had begun since', async () => {
  const numbers = Array.from({ length: 100 }, (_, n) => n)
  await t.transaction((tx) => save(tx, new Thing(numbers.map((n) => Numbered({ n })))))
  await t.runUntilIdle()
  expect(losses).toEqual([
    [[1, 100]],
    // The first piece has been saved, the one of number 40 had begun, the others had not.
    [
      [1, 36],
      [2, 32],
    ],
  ])
  expect((await t.ledger('numbered')).map(Number).sort((a, b) => a - b)).toEqual(numbers)
})

test('a handler that ended by itself, if only in a failure, clears its event', async () => {
  await t.transaction(async (tx) => {
    const [id] = await save(tx, new Thing([Fails({})]))
    await tx.query('update cascata.event_queue set crashes = 3 where event_id = $1', [id])
  })
  await until(
    async () => (await t.rows(`select 1 from cascata.event_queue where handler = 'fail'`)).length === 1,
    'it has failed, and waits',
  )
  expect(await t.rows(`select state, failures, crashes from cascata.event_queue`)).toEqual([
    { state: 'scheduled', failures: 1, crashes: 0 },
  ])
})

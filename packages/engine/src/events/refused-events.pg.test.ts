import { createApp, createDaemon, event, module, on, save } from 'cascata'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { Thing } from '../../test-support/ledger-app.ts'
import { type Engine, startEngine } from '../../test-support/start-engine.ts'
import { until } from '../../test-support/until.ts'

/** A rolling deployment: requests are served by the new version, and the old daemon meets a value that it does not know. */
const version = (ways: [string, ...string[]]) => event('told', z.object({ by: z.enum(ways), n: z.number() }))
const Old = version(['mail'])
const New = version(['mail', 'push'])
const appOf = (of: typeof Old) =>
  createApp([
    module('told', [
      on(of, 'tells', async ({ by, n }, { tx }) => {
        await tx.query('insert into ledger values ($1, $2)', [by, n])
      }),
      on(
        of,
        'decides',
        async ({ by, n }, { tx }) => {
          await tx.query('insert into ledger values ($1, $2)', [`decided ${by}`, n])
        },
        { retry: { attempts: 2, retryable: () => true, backoff: 'fixed' } },
      ),
    ]),
  ])

let t: Engine
beforeEach(async () => {
  t = await startEngine(appOf(Old))
  await t.transaction((tx) => save(tx, new Thing([New({ by: 'mail', n: 1 }), New({ by: 'push', n: 2 })])))
  await t.runUntilIdle()
})
afterEach(() => t.stop())

const handlings = (handler: string) =>
  t.rows(
    `select outcome, final from cascata.event_handlings h join cascata.events e on e.tenant = h.tenant and e.id = h.event_id
     where handler = $1 and data->>'by' = 'push' order by claim_no`,
    [handler],
  )

test('data that the old daemon does not know wait for the new one, uncounted; a policy of one’s own decides itself', async () => {
  expect(await t.ledger('mail')).toEqual(['1'])
  expect(await handlings('tells')).toEqual([{ outcome: 'released', final: false }])
  expect(await handlings('decides')).toEqual([{ outcome: 'error', final: false }])
  expect(await t.rows(`select state, failures, refusals from cascata.event_queue where handler = 'tells'`)).toEqual([
    { state: 'scheduled', failures: 0, refusals: 1 },
  ])
  const fresh = createDaemon({ app: appOf(New), database: { control: t.url }, pollMs: 50 })
  await fresh.start()
  await t.daemon.stop()
  await t.clock.advance('1h')
  fresh.wake()
  await until(async () => (await t.ledger('push')).length === 1, 'the new daemon knows it')
  await fresh.stop()
})

test('data that nobody knows end in error, after long enough', async () => {
  for (let refusals = 1; refusals <= 20; refusals++) {
    await t.clock.advance('2m')
    await t.runUntilIdle()
  }
  const all = await handlings('tells')
  expect(all).toHaveLength(21)
  expect(all.slice(0, -1).every((row) => row['outcome'] === 'released')).toBe(true)
  expect(all.at(-1)).toEqual({ outcome: 'error', final: true })
  expect(await t.ledger('mail')).toEqual(['1'])
})

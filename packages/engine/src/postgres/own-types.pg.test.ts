import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { Thing } from '../../test-support/ledger-app.ts'
import { type Engine, startEngine } from '../../test-support/start-engine.ts'
import { until } from '../../test-support/until.ts'
import { batch, command, createApp, effect, enqueue, event, handle, module, on, save } from '../index.ts'

/** The driver's parsers belong to the process; an application may have others for everything. */
const OVERRIDDEN = [16, 17, 20, 21, 23, 114, 700, 701, 1082, 1114, 1184, 1700, 2950, 2951, 3802, 1009, 1231]
const mine = (text: string) => ({ mine: text })
const driver = OVERRIDDEN.map((oid) => [oid, pg.types.getTypeParser(oid)] as const)

const Happened = event('happened', z.object({ n: z.number() }))
const Retried = command('retried', z.object({ n: z.number() }), { retry: { attempts: 3, base: '50ms' } })
const Called = command('called', z.object({ n: z.number() }))
const Member = command('member', z.object({ n: z.number() }))
const Next = command('next', z.object({ n: z.number() }))
const seen: Record<string, unknown> = {}
const app = createApp([
  module('m', [
    on(Happened, 'hear', ({ n }, { event }) => {
      seen['occurredAt'] = event.occurredAt
      return Retried({ n })
    }),
    handle(Retried, async ({ n }, { tx, command }) => {
      seen['own read'] = (await tx.query('select 5::numeric as five, now() as now')).rows[0]
      if (command.attempt === 1) throw new Error('once')
      return batch('members', [n, n + 1], (n) => Member({ n })).next(Next({ n }))
    }),
    handle(Member, () => {}),
    handle(Next, ({ n }) => Called({ n })),
    effect(Called, ({ n }) => {
      seen['called'] = n
    }),
  ]),
])

let t: Engine
beforeAll(async () => {
  for (const oid of OVERRIDDEN) pg.types.setTypeParser(oid, mine as never)
  t = await startEngine(app, { time: 'real' })
})
afterAll(async () => {
  for (const [oid, parser] of driver) pg.types.setTypeParser(oid, parser as never)
  await t.stop()
})

test('a daemon works whatever parsers the application has set, and handlers read with those', async () => {
  await t.transaction((tx) => save(tx, new Thing([Happened({ n: 1 })])))
  await t.transaction((tx) => enqueue(tx, Retried({ n: 10 }, { delay: '300ms' })))
  const done = () => t.rows(`select 1 from cascata.command_queue union all select 1 from cascata.event_queue`)
  await until(async () => seen['called'] !== undefined && (await done()).length === 0, 'all is done')
  expect(seen['occurredAt']).toBeInstanceOf(Date)
  expect(Math.abs(Date.now() - (seen['occurredAt'] as Date).getTime())).toBeLessThan(60_000)
  expect(seen['own read']).toEqual({ five: { mine: '5' }, now: { mine: expect.any(String) } })
  expect(await t.rows(`select type, status from cascata.command_statuses where status <> 'success'`)).toEqual([])
  expect(t.errors).toEqual([])
})

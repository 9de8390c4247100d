import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { Thing } from '../../test-support/ledger-app.ts'
import { type Engine, startEngine } from '../../test-support/start-engine.ts'
import {
  addToBatch,
  batch,
  causesOf,
  command,
  correctClock,
  createApp,
  effect,
  enqueue,
  event,
  handle,
  lineageOf,
  module,
  on,
  reprocess,
  save,
} from '../index.ts'
import { lineageText } from '../testing/index.ts'

const Started = event('started', z.object({ n: z.number() }))
const Sent = event('sent', z.object({}))
const Plan = command('plan', z.object({ n: z.number() }))
const Step = command('step', z.object({ n: z.number() }), { retry: { attempts: 1 } })
const Last = command('last', z.object({}))
const Send = command('send', z.object({}))

let t: Engine
beforeAll(async () => {
  const app = createApp([
    module('lineage', [
      on(Started, 'plan', ({ n }) => Plan({ n })),
      handle(Plan, ({ n }) =>
        batch(
          'steps',
          Array.from({ length: n }, (_, i) => i),
          (i) => Step({ n: i }),
        ).next(Last({})),
      ),
      handle(Step, () => {}),
      handle(Last, () => Send({})),
      effect(Send, async (_, { db }) => {
        await save(db, new Thing([Sent({})]))
      }),
      Sent,
    ]),
  ])
  t = await startEngine(app)
})
afterAll(() => t.stop())

async function started(n: number): Promise<string> {
  const [id] = await t.transaction((tx) => save(tx, new Thing([Started({ n })])))
  await t.runUntilIdle()
  return id as string
}

test("what an effect saves through its db is of the effect's root and command, as through a handler's tx", async () => {
  const root = await started(2)
  const nodes = await lineageOf(t.pool, root)
  const sent = nodes.find(({ type }) => type === 'sent')
  const send = nodes.find(({ type }) => type === 'send')
  expect(sent).toMatchObject({ rootId: root, causedBy: { kind: 'command', id: send?.id, as: 'emitted' } })
  expect(lineageText(nodes)).toContain('send success\n')
  expect(causesOf(nodes, sent?.id as string).map(({ type }) => type)).toEqual([
    'send',
    'last',
    'steps',
    'plan',
    'started',
  ])
  expect(nodes.truncated).toBe(false)
})

test('of a lineage that is longer than the limit the oldest are read, and what caused the node that was asked for', async () => {
  const root = await started(200)
  const all = await lineageOf(t.pool, root)
  expect([all.length, all.truncated]).toEqual([206, false])
  const sent = all.find(({ type }) => type === 'sent')?.id as string

  const cut = await lineageOf(t.pool, root, { limit: 50 })
  expect([cut.length, cut.truncated]).toEqual([50, true])
  expect([...cut]).toEqual(all.slice(0, 50))

  const ofLast = await lineageOf(t.pool, sent, { limit: 50 })
  expect(ofLast.truncated).toBe(true)
  const causes = causesOf(ofLast, sent)
  expect(causes.map(({ type }) => type)).toEqual(['send', 'last', 'steps', 'plan', 'started'])
  expect(causes.truncated).toBe(false)

  expect((await lineageOf(t.pool, root, { limit: 206 })).truncated).toBe(false)
})

test('causes say when there are more of them than were asked for, or given', async () => {
  const root = await started(1)
  const nodes = await lineageOf(t.pool, root)
  const sent = nodes.find(({ type }) => type === 'sent')?.id as string
  const two = causesOf(nodes, sent, { limit: 2 })
  expect([two.map(({ type }) => type), two.truncated]).toEqual([['send', 'last'], true])
  expect(causesOf(nodes.slice(1), sent).truncated).toBe(true)
  expect(causesOf(nodes, root)).toHaveLength(0)
  expect(causesOf(nodes, root).truncated).toBe(false)
})

test.each([
  ['a month ahead', 30 * 86_400_000],
  ['a month behind', -30 * 86_400_000],
])(
  'reprocess and addToBatch with a clock that is %s are refused as clock-skew, and work when repeated',
  async (_, ms) => {
    t.failNext(Step, new Error('no'))
    const [failed, open] = await t.transaction((tx) =>
      enqueue(tx, [Step({ n: 1 }), batch('open', [1], (n) => Step({ n })).open()]),
    )
    await t.runUntilIdle()
    const [row] = await t.rows<{ id: string }>(`select id from cascata.command_statuses where status = 'error'`)
    expect(failed).toBeDefined()
    const again = { commandId: row?.id as string, author: 'ana', reason: 'x' }
    const calls = [
      () => t.transaction((tx) => reprocess(tx, again)),
      () => t.transaction((tx) => addToBatch(tx, open as string, [Step({ n: 2 })])),
    ]
    try {
      for (const call of calls) {
        correctClock(ms)
        await expect(call()).rejects.toMatchObject({ code: 'clock-skew' })
        await call()
      }
    } finally {
      correctClock(0)
    }
    await t.runUntilIdle()
  },
)

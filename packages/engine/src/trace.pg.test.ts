import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { Thing } from '../test-support/ledger-app.ts'
import { type Engine, startEngine } from '../test-support/start-engine.ts'
import {
  batch,
  command,
  createApp,
  effect,
  enqueue,
  event,
  handle,
  module,
  on,
  reprocess,
  retryIn,
  save,
} from './index.ts'

const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
const none = z.object({})
const Asked = event('asked', none)
const Answered = event('answered', none)
const Noted = event('noted', none)
const Plan = command('plan', none)
const Step = command('step', z.object({ n: z.number() }), { retry: { attempts: 1 } })
const Shared = command('shared', z.object({ n: z.number() }), { transaction: 'shared' })
const Next = command('next', none)
const Sorry = command('sorry', none)
const Call = command('call', none)
const Direct = command('direct', none)

let broken = true
const seen: [string, string | undefined][] = []
let t: Engine
beforeAll(async () => {
  const app = createApp([
    module('traced', [
      on(Asked, 'plan', async (_, { event, tx }) => {
        seen.push([event.type, event.trace])
        await save(tx, new Thing([Noted({})]))
        return Plan({})
      }),
      Noted,
      handle(Plan, async (_, { command, tx }) => {
        seen.push([command.type, command.trace])
        await enqueue(tx, Direct({}))
        return [
          batch('steps', [1, 2], (n) => Step({ n }))
            .next(Next({}))
            .onFailure(Sorry({})),
          ...[1, 2, 3].map((n) => Shared({ n })),
        ]
      }),
      handle(Step, ({ n }, { command }) => {
        seen.push([command.type, command.trace])
        if (broken && n === 1) throw new Error('no')
      }),
      handle(Shared, async (_, { command, tx }) => {
        seen.push([command.type, command.trace])
        await tx.query('select 1')
      }),
      handle(Next, (_, { command: { type, trace, attempt } }) => {
        seen.push([type, trace])
        return attempt === 1 ? retryIn(0, 'once more') : Call({})
      }),
      handle(Sorry, (_, { command }) => void seen.push([command.type, command.trace])),
      handle(Direct, (_, { command }) => void seen.push([command.type, command.trace])),
      effect(Call, async (_, { command, db }) => {
        seen.push([command.type, command.trace])
        await save(db, new Thing([Answered({})]))
      }),
      on(Answered, 'hear', (_, { event }) => void seen.push([event.type, event.trace])),
    ]),
  ])
  t = await startEngine(app)
})
afterAll(() => t.stop())

test('the trace of a request reaches every handler that follows from it, and what they save and enqueue', async () => {
  await t.transaction((tx) => save(tx, new Thing([Asked({})]), { trace: TRACE }))
  await t.runUntilIdle()
  broken = false
  const [failed] = await t.rows<{ id: string }>(
    `select id from cascata.command_statuses where type = 'step' and status = 'error'`,
  )
  await t.transaction((tx) => reprocess(tx, { commandId: failed?.id as string, author: 'ana', reason: 'x' }))
  await t.runUntilIdle()
  await t.clock.advance('1m')
  await t.runUntilIdle()
  expect([...new Set(seen.map(([type]) => type))].sort()).toEqual(
    ['answered', 'asked', 'call', 'direct', 'next', 'plan', 'shared', 'sorry', 'step'].sort(),
  )
  expect(new Set(seen.map(([, trace]) => trace))).toEqual(new Set([TRACE]))
  const rows = await t.rows(
    `select distinct trace from (select trace from cascata.events union all select trace from cascata.commands) t`,
  )
  expect(rows).toEqual([{ trace: TRACE }])
})

test('without a trace there is none, and a call may name its own', async () => {
  seen.length = 0
  await t.transaction((tx) => enqueue(tx, [Direct({}), Sorry({})]))
  await t.transaction((tx) => enqueue(tx, Direct({}), { trace: TRACE }))
  await t.runUntilIdle()
  expect(seen.map(([type, trace]) => `${type} ${trace}`).sort()).toEqual(
    [`direct ${TRACE}`, 'direct undefined', 'sorry undefined'].sort(),
  )
  const bad = t.transaction((tx) => enqueue(tx, Direct({}), { trace: 'a\u0000' }))
  await expect(bad).rejects.toMatchObject({ code: 'not-json' })
})

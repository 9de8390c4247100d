import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { type Engine, startEngine } from '../../test-support/start-engine.ts'
import { gate, until } from '../../test-support/until.ts'
import { command, createApp, effect, enqueue, handle, module } from '../index.ts'

/** A daemon that was thought lost and is alive: what it runs goes on, while it claims the same commands again. */
const Long = command('long', z.object({}))
const Ask = command('ask', z.object({ id: z.string() }))
const Beside = command('beside', z.object({}))

let gates: ReturnType<typeof gate<void>>[] = []
let runs = 0
const asked: string[] = []
const app = createApp([
  module('stale', [
    handle(Long, async () => {
      await gates[runs++]?.opened
      return Beside({})
    }),
    effect(Ask, ({ id }) => {
      asked.push(id)
    }),
    handle(Beside, () => {}),
  ]),
])

let t: Engine
beforeAll(async () => {
  t = await startEngine(app)
})
beforeEach(() => {
  gates = [gate(), gate()]
  runs = 0
})
afterAll(() => t.stop())

const daemon = () => t.daemon.health().id
const held = () => t.daemon.health().commandsHeld
const attempts = (id: string | undefined) =>
  t.rows('select claim_no, outcome from cascata.attempts where command_id = $1 order by claim_no', [id])

/** What another daemon does that has heard nothing of this one for a lease. */
const presumeLost = () => t.rows('select cascata.rescue_commands($1, null, 10)', [daemon()])

/** Resolves when the daemon has looked for claims that it knows nothing of, from now on. */
async function strayIsFound(): Promise<void> {
  const [id] = await t.transaction(async (tx) => {
    const ids = await enqueue(tx, Beside({}))
    await tx.query(
      `update cascata.command_queue set state = 'processing', claim_no = 1, token = $2, claimed_by = $3 where id = $1`,
      [ids[0], randomUUID(), daemon()],
    )
    return ids
  })
  await until(async () => (await attempts(id)).length === 2, 'the stray was found and done')
}

test('one false loss leads to one further run: the end of the first leaves the claim of the second alone', async () => {
  const [id] = await t.transaction((tx) => enqueue(tx, Long({})))
  await until(() => runs === 1, 'the first run')
  await presumeLost()
  await until(() => runs === 2, 'the second run')
  expect(held()).toBe(2)
  gates[0]?.open()
  await until(() => held() === 1, 'the first has ended')
  await strayIsFound()
  expect(runs).toBe(2)
  expect(held()).toBe(1)
  gates[1]?.open()
  await t.runUntilIdle()
  expect(await attempts(id)).toEqual([
    { claim_no: 1, outcome: 'lost' },
    { claim_no: 2, outcome: 'success' },
  ])
  expect(held()).toBe(0)
})

test('the stale run and the live one end together: what follows is made once', async () => {
  const [id] = await t.transaction((tx) => enqueue(tx, Long({})))
  await until(() => runs === 1, 'the first run')
  await presumeLost()
  await until(() => runs === 2, 'the second run')
  gates[0]?.open()
  gates[1]?.open()
  await t.runUntilIdle()
  expect(await attempts(id)).toEqual([
    { claim_no: 1, outcome: 'lost' },
    { claim_no: 2, outcome: 'success' },
  ])
  expect(await t.rows('select 1 from cascata.commands where origin_id = $1', [id])).toHaveLength(1)
})

test('the intents of both are stored together: only the live one calls', async () => {
  const blocker = await t.pool.connect()
  await blocker.query('begin; lock table cascata.effects in share mode')
  await t.transaction((tx) => enqueue(tx, Ask({ id: 'first' })))
  await until(
    async () =>
      (
        await t.rows(
          `select 1 from pg_locks where relation = 'cascata.effects'::regclass and not granted
           and database = (select oid from pg_database where datname = current_database())`,
        )
      ).length > 0,
    'the first intent waits, and those that follow are gathered behind it',
  )
  const [id] = await t.transaction((tx) => enqueue(tx, Ask({ id: 'second' })))
  await until(() => held() === 2, 'its first claim')
  await t.rows(
    `update cascata.command_queue set state = 'pending', token = null, claimed_by = null where id = $1 and claim_no = 1`,
    [id],
  )
  t.daemon.wake()
  await until(() => held() === 3, 'its second claim')
  await blocker.query('rollback')
  blocker.release()
  await t.runUntilIdle()
  expect(asked.sort()).toEqual(['first', 'second'])
  expect(await attempts(id)).toEqual([{ claim_no: 2, outcome: 'success' }])
})

import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type Engine, startEngine } from '../../test-support/start-engine.ts'
import { until } from '../../test-support/until.ts'
import { command, createApp, enqueue, handle, module } from '../index.ts'

/** Commands that were in flight when a daemon died, twice: suspected of having killed it. */
const Suspect = command('suspect', z.object({ id: z.string() }))
const Harmless = command('harmless', z.object({}))

let heldBeside = -1
let stream = true
const app = createApp([
  module('suspects', [
    handle(Suspect, async ({ id }, { tx }) => {
      heldBeside = t.daemon.health().commandsHeld - 1
      await tx.query(`insert into ledger values ('suspect', $1)`, [id])
    }),
    // Work that never runs out: each makes the next.
    handle(Harmless, () => (stream ? [Harmless({})] : [])),
  ]),
])

let t: Engine
beforeAll(async () => {
  t = await startEngine(app)
})
afterAll(() => t.stop())

async function crashed(id: string, crashes: number): Promise<string> {
  const [command] = await t.transaction(async (tx) => {
    const ids = await enqueue(tx, Suspect({ id }))
    await tx.query('update cascata.command_queue set crashes = $2 where id = $1', [ids[0], crashes])
    return ids
  })
  return command as string
}

test('it runs alone, and it gets its turn though other work never runs out', async () => {
  await t.transaction((tx) =>
    enqueue(
      tx,
      Array.from({ length: 50 }, () => Harmless({})),
    ),
  )
  await until(
    async () => (await t.rows(`select 1 from cascata.attempts where type = 'harmless'`)).length > 50,
    'the stream flows',
  )
  await crashed('one', 2)
  await crashed('two', 4)
  await until(async () => (await t.ledger('suspect')).length === 2, 'both suspects are done')
  expect(heldBeside).toBe(0)
  const [{ n } = { n: 0 }] = await t.rows<{ n: number }>(
    `select count(*)::integer as n from cascata.attempts where type = 'harmless'`,
  )
  await until(
    async () =>
      (await t.rows(`select 1 from cascata.attempts where type = 'harmless' limit $1`, [n + 100])).length === n + 100,
    'the stream goes on',
  )
  stream = false
  await t.runUntilIdle()
})

test('after five crashes it is not run again: it ends in error', async () => {
  const id = await crashed('five', 5)
  await t.runUntilIdle()
  expect(await t.rows('select outcome, final, error_class from cascata.attempts where command_id = $1', [id])).toEqual([
    { outcome: 'error', final: true, error_class: 'CrashLoop' },
  ])
  expect(await t.ledger('suspect')).not.toContain('five')
})

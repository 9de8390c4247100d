import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type Engine, startEngine } from '../../test-support/start-engine.ts'
import { gate, until } from '../../test-support/until.ts'
import { command, createApp, enqueue, handle, module, uuidv7 } from '../index.ts'
import { runner } from '../postgres/pools.ts'
import { Suspects } from './suspects.ts'

/** Commands that ran when a daemon died, twice: suspected of having killed it. */
const Suspect = command('suspect', z.object({ id: z.string() }))
const Fails = command('fails', z.object({}), { retry: { attempts: 5, base: '1h' } })
const Click = command('click', z.object({}), { lane: 'interactive' })
const Long = command('long', z.object({ id: z.string() }))
const Stream = command('stream', z.object({}))

let suspect = gate()
let long = gate()
let again = gate()
let suspects = 0
let suspectsMax = 0
let heldBeside = -1
let stream = true
let begun: string[] = []
const app = createApp([
  module('suspects', [
    handle(Suspect, async ({ id }, { tx }) => {
      suspectsMax = Math.max(suspectsMax, ++suspects)
      heldBeside = t.daemon.health().commandsHeld - 1
      await suspect.opened
      suspects--
      await tx.query(`insert into ledger values ('suspect', $1)`, [id])
    }),
    handle(Fails, () => {
      throw new Error('no')
    }),
    handle(Click, () => {}),
    handle(Long, async ({ id }, { command }) => {
      begun.push(`${id} ${command.attempt}`)
      await (command.attempt === 1 ? long : again).opened
    }),
    // Work that never runs out: each makes the next.
    handle(Stream, () => (stream ? [Stream({})] : [])),
  ]),
])

let t: Engine
beforeAll(async () => {
  t = await startEngine(app, { concurrency: 4, commandsMax: 20 })
})
afterEach(async () => {
  suspect.open()
  long.open()
  again.open()
  stream = false
  await t.runUntilIdle()
  await t.pool.query('truncate ledger')
  suspect = gate()
  long = gate()
  again = gate()
  stream = true
  begun = []
  suspectsMax = 0
})
afterAll(() => t.stop())

async function crashed(value: ReturnType<typeof Suspect> | ReturnType<typeof Fails>, crashes: number): Promise<string> {
  const [command] = await t.transaction(async (tx) => {
    const ids = await enqueue(tx, value)
    await tx.query('update cascata.command_queue set crashes = $2 where id = $1', [ids[0], crashes])
    return ids
  })
  return command as string
}
const crashes = async (type: string) =>
  (
    await t.rows<{ crashes: number; n: number }>(
      'select crashes, count(*)::integer as n from cascata.command_queue where type = $1 group by 1 order by 1',
      [type],
    )
  ).map(({ crashes, n }) => [crashes, n])
const done = async (type: string) =>
  (await t.rows(`select 1 from cascata.attempts where type = $1 and outcome = 'success'`, [type])).length

/** What another daemon does that has heard nothing of this one for a lease. */
const presumeLost = () => t.rows('select cascata.rescue_commands($1, null, 100)', [t.daemon.health().id])

test('suspects run one at a time, and beside them everything goes on', async () => {
  for (let i = 0; i < 20; i++) await crashed(Suspect({ id: String(i) }), 2 + (i % 2))
  await until(() => suspects === 1, 'the first of them runs')
  await t.transaction((tx) => enqueue(tx, [Click({}), Click({})]))
  await until(async () => (await done('click')) === 2, 'clicks')
  await t.transaction((tx) => enqueue(tx, [Long({ id: 'a' }), Long({ id: 'b' }), Long({ id: 'c' })]))
  await until(() => begun.length === 3, 'the other slots are in use')
  expect(suspects).toBe(1)
  suspect.open()
  await until(async () => (await t.ledger('suspect')).length === 20, 'all suspects are done')
  expect(suspectsMax).toBe(1)
})

test('the first loss counts for all that were in hand, the second for what had started since', async () => {
  const all = Array.from({ length: 12 }, (_, i) => Long({ id: String(i) }))
  await t.transaction((tx) => enqueue(tx, all))
  await until(() => begun.length === 4 && t.daemon.health().commandsHeld === 12, 'four run, the rest wait')
  await presumeLost()
  expect(await crashes('long')).toEqual([[1, 12]])
  long.open() // the stale runs end; of those that were claimed again four start
  await until(() => begun.filter((run) => run.endsWith(' 2')).length === 4, 'four run again')
  await presumeLost()
  expect(await crashes('long')).toEqual([
    [1, 8],
    [2, 4],
  ])
})

test('a run that ended by itself, if only in a failure, clears its command', async () => {
  const id = await crashed(Fails({}), 3)
  await until(
    async () => (await t.rows('select 1 from cascata.attempts where command_id = $1', [id])).length === 1,
    'it has failed',
  )
  expect(await t.rows('select state, failures, crashes from cascata.command_queue where id = $1', [id])).toEqual([
    { state: 'scheduled', failures: 1, crashes: 0 },
  ])
  await t.rows('delete from cascata.command_queue where id = $1', [id])
})

test('a daemon that always holds something claims nothing while a last trial waits, and takes it when it holds no more', async () => {
  const other = await startEngine(app)
  await other.daemon.stop()
  const [id] = await other.transaction((tx) => enqueue(tx, Suspect({ id: 'waits' })))
  await other.pool.query('update cascata.command_queue set crashes = 4')
  const options = { pool: other.pool, run: runner(true), daemonId: uuidv7(), types: ['suspect'], lanes: [0, 1, 2] }
  const own = new Suspects(options, () => {})
  expect(await own.next(1, randomUUID)).toBeUndefined()
  expect(own.isAlone).toBe(true)
  expect(await own.next(0, randomUUID)).toMatchObject({ id })
  await other.stop()
})

test('before one is given up it runs alone, though other work never runs out', async () => {
  await t.transaction((tx) =>
    enqueue(
      tx,
      Array.from({ length: 50 }, () => Stream({})),
    ),
  )
  await until(async () => (await done('stream')) > 50, 'the stream flows')
  await crashed(Suspect({ id: 'last trial' }), 4)
  await until(() => suspects === 1, 'it runs')
  expect(heldBeside).toBe(0)
  const before = await done('stream')
  suspect.open()
  await until(async () => (await done('stream')) > before + 100, 'the stream goes on')
  expect(await t.ledger('suspect')).toContain('last trial')
})

test('after five crashes it is not run again: it ends in error', async () => {
  const id = await crashed(Suspect({ id: 'five' }), 5)
  await t.runUntilIdle()
  expect(await t.rows('select outcome, final, error_class from cascata.attempts where command_id = $1', [id])).toEqual([
    { outcome: 'error', final: true, error_class: 'CrashLoop' },
  ])
  expect(await t.ledger('suspect')).not.toContain('five')
})

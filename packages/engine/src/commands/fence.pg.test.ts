import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type Engine, startEngine } from '../../test-support/start-engine.ts'
import { gate } from '../../test-support/until.ts'
import { type CommandContext, command, createApp, enqueue, handle, module, SINGLE_TENANT } from '../index.ts'

/** A daemon that was presumed dead must not save anything, however late it notices. */
const Work = command('work', z.object({ id: z.string() }))
const Follow = command('follow', z.object({ id: z.string() }))

let work: (id: string, context: CommandContext) => unknown
const app = createApp([
  module('fence', [handle(Work, ({ id }, context) => work(id, context) as never), handle(Follow, () => {})]),
])

let t: Engine
const THIEF = randomUUID()

beforeAll(async () => {
  t = await startEngine(app)
  // It lives as long as the test: what it has taken is nobody's to rescue.
  await t.pool.query(
    `insert into cascata.daemons (id, lock_key, host, pid, version, state, heartbeat_at, lease_ms, event_types, command_types)
     values ($1, 1, 'thief', 1, '', 'running', now() + interval '1 hour', 15000, '{}', '{}')`,
    [THIEF],
  )
})
afterAll(() => t.stop())

const insert = (tx: CommandContext['tx'], id: string) => tx.query(`insert into ledger values ('work', $1)`, [id])

/** Another daemon has it now: what a rescue and a new claim do. */
async function steal(id: string): Promise<void> {
  await t.pool.query(
    `update cascata.command_queue set token = $2, claimed_by = $3, claim_no = claim_no + 1 where id = $1 and tenant = $4`,
    [id, randomUUID(), THIEF, SINGLE_TENANT],
  )
}

/** Runs the command with a thief in the middle of it, and says what was saved. */
async function withThief(id: string, afterTheft: (context: CommandContext) => unknown) {
  const ended = gate()
  work = async (_, context) => {
    await steal(context.command.id)
    try {
      return await afterTheft(context)
    } finally {
      ended.open()
    }
  }
  const [commandId] = await t.transaction((tx) => enqueue(tx, Work({ id })))
  await ended.opened
  // Its place is free again only after what it had to say was refused.
  while (t.daemon.health().commandsHeld > 0) await new Promise((resolve) => setImmediate(resolve))
  const attempts = await t.rows('select outcome from cascata.attempts where command_id = $1', [commandId])
  const [row] = await t.rows('select state, claim_no, failures from cascata.command_queue where id = $1', [commandId])
  const follows = await t.rows('select 1 from cascata.commands where origin_id = $1', [commandId])
  const written = (await t.ledger('work')).filter((l) => l === id)
  // The thief runs it, so that the test leaves nothing open.
  work = async (_, { tx }) => void (await insert(tx, id))
  await t.pool.query(
    `update cascata.command_queue set state = 'pending', token = null, claimed_by = null where id = $1`,
    [commandId],
  )
  await t.runUntilIdle()
  return {
    attempts,
    row,
    follows: follows.length,
    written: written.length,
    inTheEnd: (await t.ledger('work')).filter((l) => l === id).length,
  }
}

const nothing = {
  attempts: [],
  row: { state: 'processing', claim_no: 2, failures: 0 },
  follows: 0,
  written: 0,
  inTheEnd: 1,
}

test('its first statement is refused', async () => {
  expect(await withThief('first', async ({ tx }) => void (await insert(tx, 'first')))).toEqual(nothing)
})

test('a statement whose COMMIT is already in the pipeline behind it is not saved', async () => {
  expect(await withThief('pipelined', ({ tx }) => void insert(tx, 'pipelined'))).toEqual(nothing)
})

test('a handler that swallows the refusal saves nothing either', async () => {
  expect(await withThief('swallowed', async ({ tx }) => void (await insert(tx, 'swallowed').catch(() => {})))).toEqual(
    nothing,
  )
})

test('a handler that never touches the database leaves no follow-up and no attempt', async () => {
  expect(await withThief('pure', () => Follow({ id: 'pure' }))).toEqual(nothing)
})

test('a handler that throws counts no failure against whoever has it now', async () => {
  const result = await withThief('thrown', () => {
    throw new Error('too late')
  })
  expect(result).toEqual(nothing)
})

test('while its transaction is open the rescue leaves it alone', async () => {
  const [entered, release] = [gate(), gate()]
  work = async (id, { tx }) => {
    await insert(tx, id)
    entered.open()
    await release.opened
  }
  const [commandId] = await t.transaction((tx) => enqueue(tx, Work({ id: 'locked' })))
  await entered.opened
  const [{ n } = { n: -1 }] = await t.rows<{ n: number }>('select cascata.rescue_commands($1, null, 100) as n', [
    t.daemon.health().id,
  ])
  release.open()
  await t.runUntilIdle()
  expect(n).toBe(0)
  expect(await t.rows('select outcome, claim_no from cascata.attempts where command_id = $1', [commandId])).toEqual([
    { outcome: 'success', claim_no: 1 },
  ])
})

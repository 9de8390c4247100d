import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { type Engine, startEngine } from '../../test-support/start-engine.ts'
import { until } from '../../test-support/until.ts'
import { command, createApp, createDaemon, event, handle, module, on, SINGLE_TENANT, uuidv7 } from '../index.ts'

const Known = command('known', z.object({ n: z.number() }))
const Happened = event('happened', z.object({}))
const app = createApp([
  module('m', [
    handle(Known, async ({ n }, { tx }) => {
      await tx.query(`insert into ledger values ('known', $1)`, [n])
    }),
    on(Happened, 'hear', (_, { tx }) => tx.query(`insert into ledger values ('heard', '')`).then(() => {})),
  ]),
])

let t: Engine
beforeEach(async () => {
  t = await startEngine(app)
})
afterEach(() => t.stop())

async function commandOf(type: string, state: 'parked' | 'pending', n = 1): Promise<string> {
  const id = uuidv7()
  await t.pool.query(
    `with fact as (
       insert into cascata.commands (tenant, id, type, data, lane, priority, root_id, origin)
       values ($1, $2, $3, $5, 1, 0, $2, 'direct'))
     insert into cascata.command_queue (tenant, id, type, root_id, lane, priority, state) values ($1, $2, $3, $2, 1, 0, $4)`,
    [SINGLE_TENANT, id, type, state, { n }],
  )
  return id
}

async function eventOf(type: string, handler: string): Promise<string> {
  const id = uuidv7()
  await t.pool.query(
    `with fact as (
       insert into cascata.events (tenant, id, type, data, entity_type, entity_id, root_id)
       values ($1, $2, $3, '{}', 'x', 'x', $2))
     insert into cascata.event_queue (tenant, event_id, handler, type, root_id, state)
     values ($1, $2, $4, $3, $2, 'parked')`,
    [SINGLE_TENANT, id, type, handler],
  )
  return id
}

const stateOf = async (id: string) =>
  (
    await t.rows<{ state: string }>(
      `select state from cascata.command_queue where id = $1 union all select state from cascata.event_queue where event_id = $1`,
      [id],
    )
  )[0]?.state

/** The daemon of another application that left so long ago. */
async function leftBehind(type: string, ago: string): Promise<void> {
  await t.pool.query(
    `insert into cascata.daemons (id, lock_key, host, pid, version, state, lease_ms, event_types, command_types, heartbeat_at)
     values ($1, 1, 'h', 1, 'v', 'stopped', 15000, '{}', array[$2], now() - $3::interval)`,
    [uuidv7(), type, ago],
  )
}

test('what was parked is taken back by a daemon that knows it, though none starts', async () => {
  const stranger = await commandOf('of-nobody', 'pending')
  await until(async () => (await stateOf(stranger)) === 'parked', 'it has looked for what is parked before')
  await commandOf('known', 'parked')
  await eventOf('happened', '')
  await eventOf('happened', 'hear')
  const strange = await eventOf('happened', 'removed')
  await until(async () => (await t.ledger()).length === 3, 'all that it knows is done')
  expect(await stateOf(strange)).toBe('parked')
}, 60_000)

test('a daemon starts at once, whatever is parked and whoever holds it', async () => {
  const id = await commandOf('known-tomorrow', 'parked')
  const holder = await t.pool.connect()
  await holder.query('begin')
  await holder.query('select 1 from cascata.command_queue where id = $1 for update', [id])
  const tomorrow = createDaemon({
    app: createApp([module('m', [handle(command('known-tomorrow', z.object({ n: z.number() })), () => {})])]),
    database: { control: t.url },
    onError: () => {},
  })
  await tomorrow.start()
  expect(await stateOf(id)).toBe('parked')
  await holder.query('commit')
  holder.release()
  await until(async () => (await stateOf(id)) === undefined, 'it is done')
  await tomorrow.stop()
})

test('what is parked comes back in pieces', async () => {
  await t.pool.query(
    `insert into cascata.command_queue (tenant, id, type, root_id, lane, priority, state)
     select $1, gen_random_uuid(), 'of-another', gen_random_uuid(), 1, 0, 'parked' from generate_series(1, 25)`,
    [SINGLE_TENANT],
  )
  const takeBack = async () =>
    (await t.rows<{ n: number }>(`select cascata.unpark(array['of-another'], '{}', '{}', 10) as n`))[0]?.n
  // This daemon does not know them, so it parks them again meanwhile: what counts is that each piece is bounded.
  expect(await takeBack()).toBe(10)
})

test('what no daemon knows is parked; what one knew that left a moment ago is waited for', async () => {
  await leftBehind('of-a-deployment', '10 seconds')
  await leftBehind('of-last-week', '7 days')
  const waits = await commandOf('of-a-deployment', 'pending')
  const old = await commandOf('of-last-week', 'pending')
  const never = await commandOf('of-nobody', 'pending')
  await until(async () => (await stateOf(old)) === 'parked' && (await stateOf(never)) === 'parked', 'they are parked')
  expect(await stateOf(waits)).toBe('pending')
})

test('a look for what nobody knows reads as many rows as it is told, behind where the last one ended', async () => {
  for (let i = 0; i < 5; i++) await commandOf('of-nobody', 'parked')
  const ids = (await t.rows<{ id: string }>('select id from cascata.command_queue order by tenant, id')).map(
    ({ id }) => id,
  )
  const look = async (behind: string) =>
    (
      await t.rows<{ last_id: string }>('select last_id from cascata.park_commands($1, $2, 2)', [SINGLE_TENANT, behind])
    )[0]?.last_id
  expect(await look(SINGLE_TENANT)).toBe(ids[1])
  expect(await look(ids[1] as string)).toBe(ids[3])
  expect(await look(ids[3] as string)).toBe(ids[4])
  expect(await look(ids[4] as string)).toBeUndefined()
})

import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { ledgerApp, Noted, Thing } from '../../test-support/ledger-app.ts'
import { type Engine, startEngine } from '../../test-support/start-engine.ts'
import { until } from '../../test-support/until.ts'
import {
  command,
  createApp,
  createDaemon,
  type Daemon,
  event,
  handle,
  module,
  on,
  SINGLE_TENANT,
  save,
  uuidv7,
} from '../index.ts'

/** Two versions of an application on one database: the old one lacks a handler that the new one has. */
let old: Engine
let fresh: Daemon | undefined
beforeEach(async () => {
  fresh = undefined
  old = await startEngine(ledgerApp(['new']))
})
afterEach(async () => {
  await fresh?.stop(1_000)
  await old.stop()
})

async function startNew(): Promise<Daemon> {
  const daemon = createDaemon({ app: ledgerApp(), database: { control: old.url }, pollMs: 50 })
  await daemon.start()
  return daemon
}

const note = (id: string) => old.transaction((tx) => save(tx, new Thing([Noted({ id })])))

test('while both run, each event goes through both handlers, once', async () => {
  fresh = await startNew()
  const ids = Array.from({ length: 30 }, (_, i) => `both ${i}`)
  for (const id of ids) await note(id)
  await old.runUntilIdle()
  expect((await old.ledger('write')).sort()).toEqual(ids.flatMap((id) => [`old ${id}`, `new ${id}`]).sort())
})

test('with the new daemon away the old one goes on, and what its handler missed is kept for it', async () => {
  const before = await startNew()
  await before.stop()
  const [id] = await note('later')
  await old.runUntilIdle()
  expect(await old.rows('select handler, state from cascata.event_queue')).toEqual([
    { handler: 'new', state: 'absent' },
  ])
  expect(await old.rows('select status from cascata.event_statuses where id = $1', [id])).toEqual([
    { status: 'success' },
  ])
  fresh = await startNew()
  await until(async () => (await old.ledger('write')).includes('new later'), 'it is done when the new one is back')
  await old.runUntilIdle()
  expect((await old.ledger('write')).filter((what) => what.endsWith('later')).sort()).toEqual([
    'new later',
    'old later',
  ])
})

test('what nobody alive knows parks visibly, and goes on when a daemon comes that knows it', async () => {
  const eventId = uuidv7()
  const id = uuidv7()
  await old.pool.query(
    `insert into cascata.events (tenant, id, type, data, entity_type, entity_id, root_id) values ($1, $2, 'of-tomorrow', '{}', 'x', 'x', $2)`,
    [SINGLE_TENANT, eventId],
  )
  await old.pool.query(
    `insert into cascata.event_queue (tenant, event_id, type, root_id) values ($1, $2, 'of-tomorrow', $2)`,
    [SINGLE_TENANT, eventId],
  )
  await old.pool.query(
    `insert into cascata.commands (tenant, id, type, data, lane, priority, root_id, origin) values ($1, $2, 'do-tomorrow', '{}', 1, 0, $2, 'direct')`,
    [SINGLE_TENANT, id],
  )
  await old.pool.query(
    `insert into cascata.command_queue (tenant, id, type, root_id, lane, priority, state) values ($1, $2, 'do-tomorrow', $2, 1, 0, 'pending')`,
    [SINGLE_TENANT, id],
  )
  await park()
  await old.runUntilIdle()
  const shown = () =>
    old.rows(
      `select status from cascata.event_statuses where id = $1 union all select status from cascata.command_statuses where id = $2`,
      [eventId, id],
    )
  expect(await shown()).toEqual([{ status: 'pending' }, { status: 'pending' }])
  const tomorrow = createDaemon({ app: appOfTomorrow(), database: { control: old.url }, pollMs: 50 })
  await tomorrow.start()
  await until(async () => (await shown()).every((row) => row['status'] === 'success'), 'both done')
  await tomorrow.stop()
})

test('the retry of a handler that was removed from the application parks too', async () => {
  const [id] = await note('removed')
  await old.runUntilIdle()
  await old.pool.query(
    `insert into cascata.event_queue (tenant, event_id, handler, type, root_id, claim_no, failures) values ($1, $2, 'removed', 'noted', $2, 1, 1)`,
    [SINGLE_TENANT, id],
  )
  await park()
  expect(await old.rows('select state from cascata.event_queue where event_id = $1', [id])).toEqual([
    { state: 'parked' },
  ])
})

/** What upkeep does now and then. */
async function park() {
  await old.pool.query('select * from cascata.park_commands($1, $1, 10000)', [SINGLE_TENANT])
  await old.pool.query(`select * from cascata.park_events($1, $1, '', 10000)`, [SINGLE_TENANT])
}

function appOfTomorrow() {
  return createApp([
    module('tomorrow', [
      on(event('of-tomorrow', z.object({})), 'hear', () => {}),
      handle(command('do-tomorrow', z.object({})), () => {}),
    ]),
  ])
}

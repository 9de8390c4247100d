import { afterAll, beforeAll, expect, test } from 'vitest'
import { ledgerApp } from '../../test-support/ledger-app.ts'
import { type Engine, startEngine } from '../../test-support/start-engine.ts'
import { uuidMs } from '../definitions/uuid.ts'
import { SINGLE_TENANT } from '../index.ts'

let t: Engine
beforeAll(async () => {
  t = await startEngine(ledgerApp())
})
afterAll(() => t.stop())

/** As `emit` would have written it days ago: no daemon ran since. */
async function emittedAt(id: string): Promise<void> {
  await t.pool.query(
    `insert into cascata.events (tenant, id, type, data, entity_type, entity_id, root_id)
     values ($1, $2, 'plan.requested', '{"id":"late","members":3}', 'thing', '1', $2)`,
    [SINGLE_TENANT, id],
  )
  await t.pool.query(
    `insert into cascata.event_queue (tenant, event_id, type, root_id) values ($1, $2, 'plan.requested', $2)`,
    [SINGLE_TENANT, id],
  )
}

test("what an event's handler makes has ids of the event's time, however late it is processed", async () => {
  const threeDaysAgo = Date.now() - 3 * 86_400_000
  const id = `${threeDaysAgo
    .toString(16)
    .padStart(12, '0')
    .replace(/^(.{8})/, '$1-')}-7fff-bfff-ffffffffffff`
  await emittedAt(id)
  await t.runUntilIdle()
  const commands = await t.rows<{ id: string }>(
    `select id from cascata.commands where origin = 'event' and origin_id = $1`,
    [id],
  )
  expect(commands.map((c) => uuidMs(c.id))).toEqual([threeDaysAgo])
  expect(await t.ledger('write')).toHaveLength(3)
})

test('a lineage shows what has the same millisecond as its event and sorts before it', async () => {
  const now = Date.now()
  // The largest id of its millisecond: everything that derives from it sorts before it.
  const id = `${now
    .toString(16)
    .padStart(12, '0')
    .replace(/^(.{8})/, '$1-')}-7fff-bfff-ffffffffffff`
  await emittedAt(id)
  await t.runUntilIdle()
  const [plan] = await t.rows<{ id: string }>(
    `select id from cascata.commands where origin = 'event' and origin_id = $1`,
    [id],
  )
  expect(plan?.id !== undefined && plan.id < id).toBe(true)
  expect((await t.lineageOf(id)).map((n) => n.type)).toContain('plan')
})

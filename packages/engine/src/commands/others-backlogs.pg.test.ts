import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { isSecondServer } from '../../test-support/engine-database.ts'
import { type Engine, startEngine } from '../../test-support/start-engine.ts'
import { until } from '../../test-support/until.ts'
import { command, createApp, enqueue, handle, module, SINGLE_TENANT } from '../index.ts'

/** Commands of another daemon on the same database: its backlog does not keep this one from its work. */
const Mine = command('mine', z.object({ id: z.string() }))

let t: Engine
beforeAll(async () => {
  t = await startEngine(
    createApp([
      module('mine', [
        handle(Mine, async ({ id }, { tx }) => {
          await tx.query(`insert into ledger values ('mine', $1)`, [id])
        }),
      ]),
    ]),
  )
  // One that knows them and is busy, so that they are not parked.
  await t.rows(
    `insert into cascata.daemons (id, lock_key, host, pid, version, state, lease_ms, heartbeat_at, event_types, command_types)
     values (gen_random_uuid(), 1, 'elsewhere', 1, '0', 'running', 15000, now() + interval '1 hour', '{}', '{theirs}')`,
  )
})
afterEach(() => t.rows('truncate ledger'))
afterAll(() => t.stop())

const tenant = (n: number) => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`
const enqueueMine = (id: string, of: string) => t.transaction((tx) => enqueue(tx, Mine({ id }), { tenant: of }))
const done = (id: string) => until(async () => (await t.ledger('mine')).includes(id), id, 60_000)

const BASE = Date.now().toString(16).padStart(12, '0')

/** Commands that are older than all that follows, of `tenants` tenants in turn. */
async function backlog(n: number, tenants: number): Promise<void> {
  await t.rows(
    `insert into cascata.command_queue (tenant, id, type, root_id, lane, priority, state)
     select case when $2 = 1 then '${SINGLE_TENANT}'::uuid
                 else ('00000000-0000-4000-8000-' || lpad(to_hex(n % $2 + 1), 12, '0'))::uuid end,
       ('${BASE}7000' || '8' || lpad(to_hex(n), 15, '0'))::uuid, 'theirs', gen_random_uuid(), 1, 0, 'pending'
     from generate_series(1, $1::integer) n`,
    [n, tenants],
  )
  await t.rows('vacuum (analyze) cascata.command_queue')
}

test('350 tenants with work for another: those with work for this one are found among them, and behind them', async () => {
  await backlog(700, 350)
  await enqueueMine('behind', tenant(1_000))
  await enqueueMine('between', tenant(180))
  await done('behind')
  await done('between')
})

const MANY = isSecondServer ? 50_000 : 150_000

test(`behind ${MANY} of one tenant that are for another`, async () => {
  await backlog(MANY, 1)
  await enqueueMine('first', SINGLE_TENANT)
  await done('first')
  // What is new comes behind the place that was reached; a retry or a higher priority is found from the beginning.
  await enqueueMine('second', SINGLE_TENANT)
  await t.transaction((tx) => enqueue(tx, Mine({ id: 'urgent' }, { priority: -10 })))
  await done('second')
  await done('urgent')
  expect(t.errors).toEqual([])
}, 120_000)

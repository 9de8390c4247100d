import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { Thing } from '../../test-support/ledger-app.ts'
import { type Engine, startEngine } from '../../test-support/start-engine.ts'
import { until } from '../../test-support/until.ts'
import { createApp, event, module, on, SINGLE_TENANT, save } from '../index.ts'

/** Events of another service on the same database: its backlog does not keep this daemon from its own. */
const Mine = event('mine', z.object({ id: z.string() }))

let t: Engine
beforeAll(async () => {
  t = await startEngine(
    createApp([
      module('mine', [
        on(Mine, 'note', async ({ id }, { tx }) => {
          await tx.query(`insert into ledger values ('mine', $1)`, [id])
        }),
      ]),
    ]),
  )
  // One that has their handler and is busy, so that they are not parked.
  await t.rows(
    `insert into cascata.daemons (id, lock_key, host, pid, version, state, lease_ms, heartbeat_at, event_types, command_types, event_handlers)
     values (gen_random_uuid(), 1, 'elsewhere', 1, '0', 'running', 15000, now() + interval '1 hour', '{theirs}', '{}', '{theirs/busy}')`,
  )
})
afterAll(() => t.stop())

const BASE = Date.now().toString(16).padStart(12, '0')
const OLDER = `${(Date.now() - 60_000).toString(16).padStart(12, '0')}70008000000000000001`
const emit = (id: string) => t.transaction((tx) => save(tx, new Thing([Mine({ id })])))
const done = (id: string) => until(async () => (await t.ledger('mine')).includes(id), id, 60_000)

test('behind 150,000 of one tenant that are for another', async () => {
  await t.rows(
    `insert into cascata.event_queue (tenant, event_id, type, root_id)
     select '${SINGLE_TENANT}', ('${BASE}7000' || '8' || lpad(to_hex(n), 15, '0'))::uuid, 'theirs', gen_random_uuid()
     from generate_series(1, 150000) n`,
  )
  await t.rows('vacuum (analyze) cascata.event_queue')
  await emit('first')
  await done('first')
  // New events come behind the place that was reached; rows that another service has left are older than that.
  await emit('second')
  await t.rows(
    `with e as (
       insert into cascata.events (tenant, id, type, data, entity_type, entity_id, root_id)
       select '${SINGLE_TENANT}', id, 'mine', '{"id": "left"}', 'thing', '1', id from (select '${OLDER}'::uuid as id) x returning *)
     insert into cascata.event_queue (tenant, event_id, handler, type, root_id, rings) select tenant, id, 'note', type, id, true from e`,
  )
  await done('second')
  await done('left')
  expect(t.errors).toEqual([])
}, 120_000)

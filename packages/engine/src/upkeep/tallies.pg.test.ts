import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { Thing } from '../../test-support/ledger-app.ts'
import { type Engine, startEngine } from '../../test-support/start-engine.ts'
import {
  batch,
  cancel,
  command,
  createApp,
  event,
  handle,
  module,
  on,
  reprocess,
  SINGLE_TENANT,
  save,
  uuidv7,
} from '../index.ts'

const n = z.object({ n: z.number() })
const Happened = event('happened', n)
const Write = command('write', n, { retry: { attempts: 2, base: '10ms' } })
const WriteShared = command('write-shared', n, { transaction: 'shared' })
const Split = command('split', n)
const Member = command('member', n)
const Failing = command('failing', n, { retry: { attempts: 2, base: '10ms' } })
const Cancelled = command('cancelled', n)

let broken = true
const app = createApp([
  module('counted', [
    on(Happened, 'react', ({ n }) => [
      Write({ n }),
      WriteShared({ n }),
      Split({ n }),
      Failing({ n }),
      Cancelled({ n }),
    ]),
    handle(Write, async ({ n }, { tx }) => {
      await tx.query(`insert into ledger values ('write', $1)`, [n])
    }),
    handle(WriteShared, async ({ n }, { tx }) => {
      await tx.query(`insert into ledger values ('write-shared', $1)`, [n])
    }),
    handle(Split, ({ n }) => batch('members', [1, 2, 3], (k) => Member({ n: n * 10 + k })).next(Member({ n }))),
    handle(Member, () => {}),
    handle(Failing, () => {
      if (broken) throw new Error('not yet')
    }),
    handle(Cancelled, () => cancel('nobody wants it')),
  ]),
])

let t: Engine
beforeEach(async () => {
  broken = true
  t = await startEngine(app)
})
afterEach(() => t.stop())

const EXACT = `
  with facts as (
    select 'event' as kind, type, 'created' as status, count(*) as n from cascata.events group by 2
    union all select 'event', e.type, 'error', count(*) from cascata.events e where exists (
      select 1 from cascata.event_handlings h where h.event_id = e.id and h.final and h.outcome = 'error') group by 2
    union all select 'command', type, 'created', count(*) from cascata.commands group by 2
    union all select 'command', type, outcome, count(*) from (
      select type, case when exists (select 1 from cascata.recoveries r where r.command_id = a.command_id)
        then 'recovered' else outcome end as outcome from cascata.attempts a where final
      union all select type, 'success' from cascata.committed_commands) ended group by 2, 3
    union all select 'batch', type, 'created', count(*) from cascata.batches group by 2
  )
  select * from facts full join (select kind, type, status, n as counted from cascata.current_totals) c
    using (kind, type, status) where n is distinct from counted`

/** What facts and totals disagree about, in one snapshot. */
const differences = () => t.rows(EXACT)

test('in any snapshot totals are what the facts say, while work goes on, is folded, and is done again', async () => {
  let working = true
  const seen: unknown[] = []
  const watching = (async () => {
    for (let looks = 0; working || looks < 5; looks++) {
      seen.push(...(await differences()))
      await t.pool.query('select cascata.fold_tallies()')
    }
  })()
  for (let round = 0; round < 10; round++) {
    await t.transaction(async (tx) => {
      await save(tx, new Thing([Happened({ n: round })]))
      await save(tx, new Thing(Array.from({ length: 5 }, (_, i) => Happened({ n: round * 100 + i }))))
    })
  }
  await t.runThrough()
  broken = false
  const [failed] = await t.rows<{ id: string }>(
    `select command_id as id from cascata.attempts where final and outcome = 'error' limit 1`,
  )
  await reprocess(t.pool, { commandId: failed?.id as string, author: 'ana', reason: 'Now it works.' })
  await t.runUntilIdle()
  working = false
  await watching
  expect(seen).toEqual([])
  const [ended] = await t.rows(
    `select sum(n)::integer as n from cascata.totals where kind = 'command' and status <> 'created'`,
  )
  expect(ended).toEqual({ n: 60 * (5 + 4) + 1 })
})

test('what was not folded for long is folded in pieces, and counted all the while', async () => {
  await t.daemon.stop()
  await t.pool.query('select cascata.fold_tallies()')
  await t.pool.query(
    `insert into cascata.tally_deltas (tenant, kind, type, status, hour, n)
     select $1, 'command', 'of a weekend', 'created', date_trunc('hour', now()), 2 from generate_series(1, 25)`,
    [SINGLE_TENANT],
  )
  const total = async (from: string) =>
    (await t.rows<{ n: number }>(`select sum(n)::integer as n from ${from} where type = 'of a weekend'`))[0]?.n
  const fold = async () => (await t.rows<{ n: number }>('select cascata.fold_tallies(10) as n'))[0]?.n
  expect(await fold()).toBe(10)
  expect(await total('cascata.totals')).toBe(20)
  expect(await total('cascata.current_totals')).toBe(50)
  expect([await fold(), await fold(), await fold()]).toEqual([10, 5, 0])
  expect(await total('cascata.tallies')).toBe(50)
  await t.pool.query(`delete from cascata.totals where type = 'of a weekend'`)
})

test('an event that two handlers fail at the same time has failed once', async () => {
  await t.daemon.stop() // it would rescue what nobody holds
  const id = uuidv7()
  const token = uuidv7()
  const handlers = ['one', 'other']
  await t.pool.query(
    `with fact as (
       insert into cascata.events (tenant, id, type, data, entity_type, entity_id, root_id) values ($1, $2, 'twofold', '{}', 'E', 'e', $2))
     insert into cascata.event_queue (tenant, event_id, handler, type, root_id, state, claim_no, token, claimed_by)
     select $1, $2, handler, 'twofold', $2, 'processing', 1, $3, $3 from unnest($4::text[]) handler`,
    [SINGLE_TENANT, id, token, handlers],
  )
  await t.pool.query(
    `insert into cascata.tally_deltas (tenant, kind, type, status, hour, n) values ($1, 'event', 'twofold', 'created', now(), 1)`,
    [SINGLE_TENANT],
  )
  const clients = await Promise.all(
    handlers.map(async () => {
      const client = new pg.Client(t.url)
      client.on('error', () => {}) // a test that fails leaves it to the end of its database
      await client.connect()
      await client.query('begin')
      return client
    }),
  )
  const settle = (client: pg.Client | undefined, handler: string | undefined) =>
    client?.query(
      `select cascata.settle_events($1, $2, $2, array[$3::uuid], array[$4], array[$3::uuid], array[$4], array['twofold'],
         array[$3::uuid], array[1], array[0], array[0], array['error'], array[true], array[null::float8], array[1::float8],
         array[null::float8], array[null], array['{}'::jsonb], null)`,
      [SINGLE_TENANT, token, id, handler],
    )
  await settle(clients[0], handlers[0])
  const second = settle(clients[1], handlers[1])
  await clients[0]?.query('commit')
  await second
  await clients[1]?.query('commit')
  await Promise.all(clients.map((client) => client.end()))
  expect(
    await t.rows(`select status, n::integer from cascata.current_totals where type = 'twofold' order by 1`),
  ).toEqual([
    { status: 'created', n: 1 },
    { status: 'error', n: 1 },
  ])
})

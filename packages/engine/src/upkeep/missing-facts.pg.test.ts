import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { Thing } from '../../test-support/ledger-app.ts'
import { type Engine, startEngine } from '../../test-support/start-engine.ts'
import { until } from '../../test-support/until.ts'
import { batch, command, createApp, enqueue, event, handle, module, on, SINGLE_TENANT, save } from '../index.ts'

/** Somebody deleted facts by hand and left their rows in the queues: nothing can be run. */
const Work = command('work', z.object({}))
const Next = command('next', z.object({}))
const Failed = command('failed', z.object({}))
const Happened = event('happened', z.object({}))
const ran: string[] = []
const app = createApp([
  module('m', [
    handle(Work, () => void ran.push('work')),
    handle(Next, () => void ran.push('next')),
    handle(Failed, () => void ran.push('failed')),
    on(Happened, 'hear', () => void ran.push('hear')),
  ]),
])
/** Of a week that neither has facts nor attempts. */
const OLD = '016f5e66-e800-7000-8000-000000000001'

let t: Engine
beforeAll(async () => {
  t = await startEngine(app)
})
afterAll(() => t.stop())

test('rows of the queues without their facts end in error, once, and their batch knows', async () => {
  const deleted = await t.transaction(async (tx) => {
    await enqueue(
      tx,
      batch('works', [1, 2], () => Work({}))
        .next(Next({}))
        .onFailure(Failed({})),
    )
    const [eventId] = await save(tx, new Thing([Happened({})]))
    const { rows } = await tx.query(`delete from cascata.commands
      where id = (select id from cascata.command_queue where type = 'work' order by id desc limit 1) returning id`)
    await tx.query('delete from cascata.events where id = $1', [eventId])
    await tx.query(
      `insert into cascata.command_queue (tenant, id, type, root_id, lane, priority, state) values ($1, $2, 'work', $2, 1, 0, 'pending')`,
      [SINGLE_TENANT, OLD],
    )
    await tx.query(
      `insert into cascata.event_queue (tenant, event_id, handler, type, root_id, state) values ($1, $2, '', 'happened', $2, 'pending')`,
      [SINGLE_TENANT, OLD],
    )
    return { command: rows[0]?.id, event: eventId }
  })
  await until(async () => {
    const open = await t.rows(
      `select 1 from cascata.event_queue union all select 1 from cascata.command_queue where state <> 'awaiting'
       union all select 1 from cascata.batches where state = 'open'`,
    )
    return open.length === 0
  }, 'nothing is open')
  expect(ran.sort()).toEqual(['failed', 'work'])
  const missing = { outcome: 'error', final: true, error_class: 'FactMissing' }
  const columns = 'outcome, final, error_class'
  expect(await t.rows(`select ${columns} from cascata.attempts where command_id = $1`, [deleted.command])).toEqual([
    missing,
  ])
  expect(await t.rows(`select ${columns} from cascata.event_handlings where event_id = $1`, [deleted.event])).toEqual([
    missing,
  ])
}, 60_000)

/** Three months of history: work and lists do not slow down, by the pages that they touch, and nothing unfinished is dropped. */
import { EventEmitter, once } from 'node:events'
import { type App, applyRetention, type CommandHandler, save } from 'cascata'
import { startHarness } from 'cascata/testing'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { FreshDatabase } from '../../../../scripts/testing/fresh-database.ts'
import { fillHistory } from '../../../../scripts/testing/history.ts'
import { testConsole } from '../../test-support/console-client.ts'
import { consoleDatabase } from '../../test-support/console-database.ts'
import { app, Order, TellShop } from '../../test-support/orders-app.ts'
import { getCommand, listBatches, listCommands, listEvents, summarizeCommands } from '../contract/index.ts'

const WEEKS = 13
const COMMANDS = 60_000
/** Runs of one measurement, of which the smallest counts: what the daemon does by the clock is in it too. */
const RUNS = 2
/** Enough that what a daemon does by the clock is little beside them. */
const ROUNDS = { work: 20, look: 3 }

let database: FreshDatabase
let db: pg.Client

beforeAll(async () => {
  database = await consoleDatabase()
  db = new pg.Client({ connectionString: database.url })
  await db.connect()
})

afterAll(async () => {
  await db?.end()
  await database?.drop()
})

/** Pages that sessions of this database looked at: a session reports its last ones when it ends. */
async function pagesRead(): Promise<number> {
  await expect
    .poll(async () => {
      const { rows } = await db.query(
        `select 1 from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
      )
      return rows.length
    })
    .toBe(0)
  await db.query('select pg_stat_clear_snapshot()')
  const { rows } = await db.query<{ n: string }>(
    'select blks_hit + blks_read as n from pg_stat_database where datname = current_database()',
  )
  return Number(rows[0]?.n)
}

/** A table that is vacuumed while it is measured adds pages that no work and no list has asked for. */
async function withoutAutovacuum(): Promise<void> {
  const { rows } = await db.query<{ name: string }>(
    `select c.oid::regclass::text as name from pg_class c
     where c.relnamespace = 'cascata'::regnamespace and c.relkind = 'r'`,
  )
  for (const { name } of rows) await db.query(`alter table ${name} set (autovacuum_enabled = false)`)
}

/** Of so many rounds in sessions that are warm already, so without what each reads of the catalogs. */
async function pagesOf(use: (rounds: number) => Promise<void>, rounds: number): Promise<number> {
  const least = async (count: number) => {
    const counted: number[] = []
    for (let run = 0; run < RUNS; run++) {
      const before = await pagesRead()
      await use(count)
      counted.push((await pagesRead()) - before)
    }
    return Math.min(...counted)
  }
  const one = await least(2)
  return (await least(2 + rounds)) - one
}

/**
 * Orders of twenty mails, one after the other, each from its event to its batch's next command. Nothing here looks at the
 * queues to wait, and the daemon is woken rather than polls: pages depend on the work then, and not on how long it took.
 */
async function work(rounds: number): Promise<void> {
  const told = new EventEmitter()
  const t = await startHarness({
    app: telling(told),
    url: database.url,
    database: { control: database.url },
    pollMs: 5_000,
  })
  for (let round = 0; round < rounds; round++) {
    const shop = once(told, 'shop')
    await t.transaction((tx) => save(tx, new Order(20)))
    await shop
  }
  await t.stop()
}

/** The same application, whose last command of each order is heard of here. */
function telling(told: EventEmitter): App {
  const handlers = [...app.commandHandlers].map(([name, handler]): [string, CommandHandler] => [
    name,
    {
      ...handler,
      run: (data, context) => {
        if (handler.command === TellShop) told.emit('shop')
        return handler.run(data, context)
      },
    },
  ])
  return { ...app, commandHandlers: new Map(handlers) }
}

async function look(rounds: number): Promise<void> {
  const c = testConsole({ database: database.url, app })
  for (let round = 0; round < rounds; round++) {
    const { items } = await c.ask(listCommands, { limit: 25 })
    await c.ask(listCommands, { limit: 25, status: ['error'] })
    await c.ask(listCommands, { limit: 25, type: ['order.send-mail'] })
    await c.ask(listEvents, { limit: 25 })
    await c.ask(listBatches, { limit: 25 })
    await c.ask(summarizeCommands, {})
    await c.ask(getCommand, { commandId: items[0]?.id ?? '' })
  }
  expect(c.errors).toEqual([])
  await c.console.close()
}

test('three months of history: work and lists hardly touch more pages than after one week; retention drops what has ended', async () => {
  await fillHistory(database.url, { commands: COMMANDS / WEEKS, tenants: 10, weeks: 1 })
  await withoutAutovacuum()
  const firstWeek = { work: await pagesOf(work, ROUNDS.work), look: await pagesOf(look, ROUNDS.look) }
  const history = await fillHistory(database.url, { commands: COMMANDS, tenants: 10, weeks: WEEKS })
  expect(history.commands).toBeGreaterThan(COMMANDS)
  await withoutAutovacuum()
  const later = { work: await pagesOf(work, ROUNDS.work), look: await pagesOf(look, ROUNDS.look) }

  // Thirteen times the rows. More weeks are a few more probes of indexes; one scan of a table, in each round, would show.
  expect(later.work).toBeLessThan(2 * firstWeek.work)
  expect(later.look).toBeLessThan(2 * firstWeek.look)

  const open = `select id from cascata.command_queue where state <> 'awaiting' union all select event_id from cascata.event_queue order by 1`
  const before = await db.query(open)
  expect(before.rowCount).toBeGreaterThan(100)
  const pool = new pg.Pool({ connectionString: database.url, max: 1 })
  const { weeks } = await applyRetention(pool, { keep: '28d' })
  await pool.end()
  expect(weeks).toBeGreaterThanOrEqual(WEEKS - 6)
  expect((await db.query(open)).rows).toEqual(before.rows)
  const { rows: lost } = await db.query(
    `select id from cascata.command_queue q where not exists (select from cascata.commands c where c.tenant = q.tenant and c.id = q.id)`,
  )
  expect(lost).toEqual([])
}, 240_000)

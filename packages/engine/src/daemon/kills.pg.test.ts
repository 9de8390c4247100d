import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type DaemonProcess, startDaemonProcess } from '../../test-support/daemon-process.ts'
import { engineDatabase } from '../../test-support/engine-database.ts'
import { PlanRequested, Thing } from '../../test-support/ledger-app.ts'
import { until } from '../../test-support/until.ts'
import { save } from '../index.ts'

/** Daemons are killed at seeded points of their progress: each member settles once, and each batch releases its next once. */
const BATCHES = 3
const MEMBERS = 200
const KILLS = 4

let drop: () => Promise<void>
let url: string
let pool: pg.Pool
const daemons: DaemonProcess[] = []

beforeEach(async () => {
  const database = await engineDatabase()
  drop = database.drop
  url = database.url
  pool = new pg.Pool({ connectionString: url, max: 4 })
  await pool.query(
    'create table ledger (what text, id text, at timestamptz default clock_timestamp()); create table things (id uuid primary key)',
  )
})
afterEach(async () => {
  await Promise.all(daemons.splice(0).map((daemon) => daemon.end('SIGKILL')))
  await pool.end()
  await drop()
})

const count = async (sql: string) =>
  (await pool.query<{ n: number }>(`select count(*)::integer as n from ${sql}`)).rows[0]?.n as number
const start = () => startDaemonProcess(url, { concurrency: 4, commandsMax: 40, pollMs: 100 })

test.each([Number(process.env['CASCATA_SEED'] ?? 1)])(
  'seed %i: nothing is lost, nothing is doubled',
  async (seed) => {
    const random = mulberry32(seed)
    daemons.push(...(await Promise.all([start(), start()])))
    const plans = Array.from({ length: BATCHES }, (_, i) => PlanRequested({ id: `plan ${i}`, members: MEMBERS }))
    await save(pool, new Thing(plans))
    const moments = Array.from({ length: KILLS }, () => Math.floor(random() * BATCHES * MEMBERS * 0.8)).sort(
      (a, b) => a - b,
    )
    for (const moment of moments) {
      await until(async () => (await count(`ledger where what = 'write'`)) >= moment, `${moment} members have written`)
      const victim = Math.floor(random() * daemons.length)
      await daemons[victim]?.end('SIGKILL')
      daemons[victim] = await start()
    }
    await until(async () => (await count('cascata.command_queue')) === 0, 'nothing is left to do', 120_000)
    const doubled = await pool.query('select what, id, count(*) from ledger group by 1, 2 having count(*) <> 1')
    expect(doubled.rows).toEqual([])
    expect(await count(`ledger where what = 'write'`)).toBe(BATCHES * MEMBERS)
    expect(await count(`ledger where what = 'close'`)).toBe(BATCHES)
    // Never early: when a batch closed, all its members had written.
    const early = await pool.query(
      `select 1 from ledger c join ledger w on w.what = 'write' and split_part(w.id, '/', 1) = c.id and w.at > c.at where c.what = 'close'`,
    )
    expect(early.rows).toEqual([])
    expect(await count(`cascata.command_statuses where status <> 'success'`)).toBe(0)
    expect(await count(`cascata.batches where state <> 'success'`)).toBe(0)
    // The kills hit daemons that had something in hand.
    expect(
      await count(`(select distinct daemon_id from cascata.attempts where outcome = 'lost') d`),
    ).toBeGreaterThanOrEqual(2)
  },
  240_000,
)

/** A small seeded generator, so that a failure can be repeated: CASCATA_SEED. */
function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

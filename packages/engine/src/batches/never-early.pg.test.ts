import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type DaemonProcess, startDaemonProcess } from '../../test-support/daemon-process.ts'
import { engineDatabase, isSecondServer } from '../../test-support/engine-database.ts'
import { type Branch, branchBatch, Tree, type Twig } from '../../test-support/tree-app.ts'
import { until } from '../../test-support/until.ts'
import { enqueue, save } from '../index.ts'

/**
 * Trees of nested batches are drawn, many of them empty, in every way that a command can run, while daemons are killed: what
 * follows a batch finds all of it done, its nested batches included.
 */
const TREES = isSecondServer ? 60 : 150
const KILLS = isSecondServer ? 1 : 3

let drop: () => Promise<void>
let url: string
let pool: pg.Pool
const daemons: DaemonProcess[] = []

beforeEach(async () => {
  const database = await engineDatabase()
  drop = database.drop
  url = database.url
  pool = new pg.Pool({ connectionString: url, max: 4 })
  pool.on('error', () => {})
  await pool.query(
    `create table ledger (what text, id text, at timestamptz default clock_timestamp());
     create index on ledger (what, id); create table things (id uuid primary key)`,
  )
})
afterEach(async () => {
  await Promise.all(daemons.splice(0).map((daemon) => daemon.end('SIGKILL')))
  await pool.end()
  await drop()
})

const modes = fc.constantFrom('plain', 'exclusive', 'shared', 'effect' as const)
const fates = fc.oneof(
  { weight: 12, arbitrary: fc.constant('done' as const) },
  { weight: 1, arbitrary: fc.constantFrom('again', 'cancelled', 'error' as const) },
)

/** Ids are written when the whole is known. */
const members = (depth: number): fc.Arbitrary<Omit<Twig, 'id'>[]> =>
  fc.array(
    fc.record({
      mode: modes as fc.Arbitrary<Twig['mode']>,
      fate: fates as fc.Arbitrary<Twig['fate']>,
      batches: depth === 0 ? fc.constant([]) : (fc.array(branches(depth - 1), { maxLength: 2 }) as never),
    }),
    { maxLength: 4 },
  )
const branches = (depth: number): fc.Arbitrary<Branch> =>
  fc.record({ id: fc.constant(''), members: members(depth) as unknown as fc.Arbitrary<Twig[]> })

/** What a command that does not succeed would have made does not count. */
function named(branch: Branch, id: string): Branch {
  return {
    id,
    members: branch.members.map((twig, i) => ({
      ...twig,
      id: `${id}/${i}`,
      batches: ['cancelled', 'error'].includes(twig.fate)
        ? []
        : twig.batches.map((b, n) => named(b, `${id}/${i}/${n}`)),
    })),
  }
}

const count = async (sql: string) =>
  (await pool.query<{ n: number }>(`select count(*)::integer as n from ${sql}`)).rows[0]?.n as number
const batchesIn = ({ members: own }: Branch): number =>
  1 + own.reduce((sum, { batches }) => sum + batches.reduce((inner, b) => inner + batchesIn(b), 0), 0)
const start = () => startDaemonProcess(url, { app: 'tree', concurrency: 12, commandsMax: 60, pollMs: 100 })

test.each([Number(process.env['CASCATA_SEED'] ?? 1)])(
  'seed %i: the command that follows a batch runs once, and after everything in it',
  async (seed) => {
    const trees = fc.sample(branches(3), { seed, numRuns: TREES }).map((tree, i) => named(tree, `t${i}`))
    const expected = trees.reduce((sum, tree) => sum + batchesIn(tree), 0)
    daemons.push(...(await Promise.all([start(), start()])))
    for (const [i, tree] of trees.entries()) {
      if (i % 3 === 0) await save(pool, new Tree(randomUUID(), tree))
      else await enqueue(pool, branchBatch(tree))
    }
    for (let kill = 1; kill <= KILLS; kill++) {
      const wanted = Math.floor((expected * kill) / (KILLS + 1))
      await until(
        async () => (await count(`ledger where what in ('after', 'early')`)) >= wanted,
        `${wanted} have ended`,
      )
      await daemons[kill % 2]?.end('SIGKILL')
      daemons[kill % 2] = await start()
    }
    const left = async () =>
      (await count('cascata.event_queue')) +
      (await count('cascata.command_queue')) +
      (await count(`cascata.batches where state = 'open'`))
    await until(async () => (await left()) === 0, 'nothing is left to do', 120_000)
    expect((await pool.query(`select id from ledger where what = 'early'`)).rows).toEqual([])
    expect(await count(`ledger where what = 'after'`)).toBe(expected)
    expect(await count(`(select id from ledger where what = 'after' group by id having count(*) > 1) doubled`)).toBe(0)
    expect(await count(`cascata.batches where released_at is null or state <> 'success'`)).toBe(0)
  },
  240_000,
)

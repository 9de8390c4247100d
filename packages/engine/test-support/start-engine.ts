import type { App, DaemonOptions } from 'cascata'
import { type Harness, type HarnessOptions, startHarness } from '../src/testing/index.ts'
import { doorbell, engineDatabase } from './engine-database.ts'

export interface Engine extends Harness {
  readonly url: string
  /** What the application's tables say: one row per time that something was written, however often that was. */
  ledger(what?: string): Promise<string[]>
  /** As `runUntilIdle`, and time passes for what is scheduled until nothing is. */
  runThrough(): Promise<void>
  rows<R = Record<string, unknown>>(sql: string, values?: unknown[]): Promise<R[]>
  /** Errors that the daemon reported. */
  readonly errors: unknown[]
}

/**
 * A database of its own with a daemon on it, and a table `ledger (what, id)` without any constraint: a unique key would
 * hide what was done twice.
 */
export async function startEngine(
  app: App,
  options: Partial<Omit<HarnessOptions, 'app' | 'url' | 'database'>> & {
    database?: (url: string) => DaemonOptions['database']
    before?: (url: string) => Promise<void>
  } = {},
): Promise<Engine> {
  const { database: databaseOf, before, ...rest } = options
  const database = await engineDatabase()
  await before?.(database.url)
  const errors: unknown[] = []
  const t = await startHarness({
    app,
    url: database.url,
    database: databaseOf?.(database.url) ?? { control: database.url },
    doorbell,
    onError: (error) => errors.push(error),
    ...rest,
  })
  await t.pool.query(
    'create table ledger (what text, id text, at timestamptz default clock_timestamp()); create table things (id uuid primary key)',
  )
  const runUntilIdle = (timeoutMs = 60_000) => t.runUntilIdle(timeoutMs)
  return {
    ...t,
    runUntilIdle,
    url: database.url,
    errors,
    async ledger(what) {
      const { rows } = await t.pool.query<{ id: string }>(
        'select id from ledger where what = $1 or $1 is null order by at, id',
        [what ?? null],
      )
      return rows.map(({ id }) => id)
    },
    async runThrough() {
      for (;;) {
        await runUntilIdle()
        const { rows } = await t.pool.query(
          `select 1 from cascata.command_queue where state = 'scheduled'
           union all select 1 from cascata.event_queue where state = 'scheduled' limit 1`,
        )
        if (rows.length === 0) return
        await t.clock.advance('1h')
      }
    },
    async rows(sql, values) {
      return (await t.pool.query(sql, values)).rows as never
    },
    async stop() {
      await t.stop()
      await database.drop()
    },
  }
}

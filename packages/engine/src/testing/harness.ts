import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { App } from '../app/app.ts'
import type { Services } from '../app/services.ts'
import type { CommandDefinition } from '../commands/command.ts'
import type { CommandHandler } from '../commands/handle.ts'
import { createDaemon, type Daemon, type DaemonOptions } from '../daemon/daemon.ts'
import { type Duration, milliseconds } from '../definitions/duration.ts'
import { CascataError } from '../errors.ts'
import { type Lineage, type LineageOptions, lineageOf } from '../lineage/lineage.ts'
import { checkedConnection, connectorOf, type DatabaseConnection } from '../postgres/connection.ts'
import { asTx, type Tx } from '../postgres/tx.ts'

export interface HarnessOptions<S = Services> extends Omit<DaemonOptions<S>, 'app' | 'clockOffsetMs'> {
  app: App
  /** Connection of the role that owns the schema `cascata`: for looking, and for moving the clock. */
  url: DatabaseConnection
  /**
   * `manual`: what is scheduled comes due when the test moves the clock, and at no other time. A retry may be due within
   * a millisecond (the wait is drawn by chance), and a test would meet it now and then. A clock that `correctClock` set stays
   * too. `real`: it comes due by itself as well, as it does wherever another daemon works on the same database, and the
   * clock of ids follows the database's.
   * Default `manual`.
   */
  time?: 'manual' | 'real'
}

/** A daemon for tests, with the means to wait for facts instead of time. */
export interface Harness {
  readonly daemon: Daemon
  /** A pool of the owner's, for the test's own statements and transactions. */
  readonly pool: pg.Pool
  /** Runs `work` in a transaction and commits it. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  /**
   * Lets the daemon work until nothing is pending or processing and no batch is unsettled. What is scheduled for later
   * stays: move the clock.
   * @throws CascataError `not-idle` naming what is left after `timeoutMs` (default 15,000).
   */
  runUntilIdle(timeoutMs?: number): Promise<void>
  readonly clock: {
    /**
     * Lets time pass for everything that is scheduled, and for the `now` that handlers see: for both, or where the database
     * refuses, for neither.
     */
    advance(by: Duration): Promise<void>
  }
  /** The next `times` (default 1) attempts of the command throw this error instead of running. */
  failNext(command: CommandDefinition, error: unknown, times?: number): void
  /** Everything with the same root as this id. */
  lineageOf(id: string, options?: LineageOptions): Promise<Lineage>
  stop(): Promise<void>
}

const LEFT = `
  select 'event ' || type || ' ' || state as what, count(*)::integer as n from cascata.event_queue
  where state in ('pending', 'processing') group by 1
  union all
  select 'command ' || type || ' ' || state, count(*)::integer from cascata.command_queue
  where state in ('pending', 'processing') group by 1
  union all
  select 'committed command ' || type, count(*)::integer from cascata.committed_commands group by 1
  union all
  select 'unsettled batch ' || type, count(*)::integer from cascata.batches b
  where state = 'open' and sealed and not exists (
    select 1 from cascata.command_queue q where q.tenant = b.tenant and q.batch_id = b.id) group by 1`

/** The pool takes its connection back only once the transaction has ended. */
async function inTransaction<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query('begin')
    const result = await work(client)
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback').catch((lost: Error) => {
      broken = lost
    })
    throw error
  } finally {
    client.release(broken)
  }
}

/** Starts a daemon around the application on a migrated database. */
export async function startHarness<S extends object = Services>({
  time = 'manual',
  ...options
}: HarnessOptions<S>): Promise<Harness> {
  const failing = new Map<string, { error: unknown; times: number }>()
  let offsetMs = 0
  const { Client } = connectorOf(checkedConnection('url', options.url))
  const pool = new pg.Pool({ Client, max: 4 })
  pool.on('error', () => {}) // the database is dropped under the test's last connections
  pool.on('connect', (client) => client.on('error', () => {})) // its queries say that it was lost
  const daemon = createDaemon({
    pollMs: 100,
    ...options,
    app: withFailures(options.app, failing),
    clockOffsetMs: () => offsetMs,
    time,
  })
  await daemon.start()

  return {
    daemon,
    pool,
    transaction: (work) => inTransaction(pool, (client) => work(asTx(client))),
    async runUntilIdle(timeoutMs = 15_000) {
      const until = performance.now() + timeoutMs
      for (let looks = 0; ; looks++) {
        const { rows } = await pool.query<{ what: string; n: number }>(LEFT)
        if (rows.length === 0) return
        if (performance.now() > until) {
          const left = rows.map(({ what, n }) => `${n} × ${what}`).join(', ')
          throw new CascataError('not-idle', `After ${timeoutMs} ms there is still: ${left}.`, {
            fix: 'look for a handler that never ends, or raise the timeout.',
          })
        }
        if (looks % 8 === 0) daemon.wake() // now and then: each wake is several claims
        await sleep(10)
      }
    },
    clock: {
      async advance(by) {
        const ms = milliseconds(by)
        // Before the commit, at which the daemon begins what has come due.
        let moved = 0
        await inTransaction(pool, async (client) => {
          for (const queue of ['event_queue', 'command_queue']) {
            await client.query(
              `update cascata.${queue} set run_at = run_at - $1 * interval '1 millisecond' where state = 'scheduled'`,
              [ms],
            )
          }
          for (let more = true; more; ) {
            const { rows } = await client.query('select coalesce(cascata.promote(100000) <= now(), false) as more')
            more = rows[0].more
          }
          moved = ms
          offsetMs += moved
        }).catch((error: unknown) => {
          offsetMs -= moved
          throw error
        })
      },
    },
    failNext(command, error, times = 1) {
      failing.set(command.storedName, { error, times })
    },
    lineageOf: (id, where) => lineageOf(pool, id, where),
    async stop() {
      await daemon.stop(2_000)
      await pool.end()
    },
  }
}

/** The same application, whose handlers first ask whether they shall fail. Nothing outside this harness changes. */
function withFailures(app: App, failing: Map<string, { error: unknown; times: number }>): App {
  const wrap = (handler: CommandHandler): CommandHandler => ({
    ...handler,
    run: (data, context) => {
      const order = failing.get(handler.command.storedName)
      if (order && order.times > 0) {
        order.times--
        throw order.error
      }
      return handler.run(data, context)
    },
  })
  return {
    ...app,
    commandHandlers: new Map([...app.commandHandlers].map(([name, handler]) => [name, wrap(handler)])),
  }
}

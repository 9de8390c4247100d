import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { type OwnServer, ownServer } from '../scripts/testing/own-server.ts'

/**
 * What every contender runs on. fsync, synchronous_commit and full_page_writes are on, as in production; the sizes are for
 * a machine with some gigabytes: checkpoints by size would else fall into one contender's round and not into another's.
 */
const SETTINGS = {
  shared_buffers: '1GB',
  max_wal_size: '8GB',
  checkpoint_timeout: '15min',
  max_connections: 200,
  shared_preload_libraries: 'pg_stat_statements',
  'pg_stat_statements.track_utility': 'on',
}

/** The one PostgreSQL of a run. */
export class Server {
  readonly #running: OwnServer
  readonly #admin: pg.Client

  private constructor(running: OwnServer, admin: pg.Client) {
    this.#running = running
    this.#admin = admin
  }

  static async start(): Promise<Server> {
    const running = await ownServer(SETTINGS)
    const admin = new pg.Client({ connectionString: running.url() })
    await admin.connect()
    await admin.query('create extension pg_stat_statements')
    const server = new Server(running, admin)
    await server.#track('none') // until a round is profiled; not among the settings above, which nothing could change
    return server
  }

  /** An empty database. @returns its connection string. */
  async createDatabase(name: string): Promise<string> {
    await this.#admin.query(`drop database if exists "${name}" with (force)`)
    await this.#admin.query(`create database "${name}"`)
    return this.#running.url(name)
  }

  async dropDatabase(name: string): Promise<void> {
    await this.#admin.query(`drop database if exists "${name}" with (force)`)
  }

  /** One client on a database for as long as `work` takes. */
  async withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    try {
      return await work(client)
    } finally {
      await client.end()
    }
  }

  get port(): number {
    return this.#running.port
  }

  async version(): Promise<string> {
    const { rows } = await this.#admin.query<{ v: string }>(`select current_setting('server_version') as v`)
    return rows[0]?.v ?? ''
  }

  /** Dirty pages of one round are written before the next one begins, not during it. */
  async checkpoint(): Promise<void> {
    await this.#admin.query('checkpoint')
  }

  /** Counts what the server does while `work` runs: statements as clients send them, WAL, buffers, processor time. */
  async profile<T>(database: string, work: () => Promise<T>): Promise<{ result: T; server: ServerProfile }> {
    await this.#track('top')
    await this.#admin.query('select pg_stat_statements_reset()')
    const before = await this.#wal()
    const transactionsBefore = await this.#transactions(database)
    const cpuBefore = await this.#cpuMs()
    try {
      const result = await work()
      await sleep(100) // a process that ends is counted by its parent when that has seen it
      const cpuMs = (await this.#cpuMs()) - cpuBefore
      const walBytes = (await this.#wal()) - before
      const transactions = (await this.#transactions(database)) - transactionsBefore
      const { rows } = await this.#admin.query<{ statements: number; buffers: number }>(
        `select coalesce(sum(calls) filter (where query !~* '^(begin|commit|rollback|savepoint|release)'), 0)::integer as statements,
                coalesce(sum(shared_blks_hit + shared_blks_read), 0)::double precision as buffers
         from pg_stat_statements s join pg_database d on d.oid = s.dbid where d.datname = $1`,
        [database],
      )
      const counted = rows[0] as { statements: number; buffers: number }
      return { result, server: { ...counted, transactions, walBytes, cpuMs } }
    } finally {
      await this.#track('none')
    }
  }

  async stop(): Promise<void> {
    await this.#admin.end().catch(() => {})
    await this.#running.stop()
  }

  async #track(what: 'top' | 'none'): Promise<void> {
    await this.#admin.query(`alter system set pg_stat_statements.track = '${what}'`)
    await this.#admin.query('select pg_reload_conf()')
  }

  /** Committed ones. Sessions count theirs when they end, at the latest. */
  async #transactions(database: string): Promise<number> {
    const { rows } = await this.#admin.query<{ n: number }>(
      'select xact_commit::double precision as n from pg_stat_database where datname = $1',
      [database],
    )
    return rows[0]?.n ?? 0
  }

  async #wal(): Promise<number> {
    const { rows } = await this.#admin.query<{ n: number }>(
      `select (pg_current_wal_insert_lsn() - '0/0')::double precision as n`,
    )
    return rows[0]?.n ?? 0
  }

  /** Of all processes of the server, those that have ended included. */
  async #cpuMs(): Promise<number> {
    let ticks = 0
    for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
      // After the name in parentheses: state, ppid, …, utime (12th), stime, cutime, cstime.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      if (Number(pid) === this.#running.pid) for (const i of [11, 12, 13, 14]) ticks += Number(fields[i])
      else if (Number(fields[1]) === this.#running.pid) ticks += Number(fields[11]) + Number(fields[12])
    }
    return ticks * MS_PER_TICK
  }
}

/** Linux gives processor times to programs in hundredths of a second, on every architecture that Node runs on. */
const MS_PER_TICK = 10

export interface ServerProfile {
  /** As clients sent them, without begin, commit and savepoints. */
  statements: number
  /** Committed, those of a single statement included. */
  transactions: number
  buffers: number
  walBytes: number
  cpuMs: number
}

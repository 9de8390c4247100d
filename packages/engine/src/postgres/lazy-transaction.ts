import type { Duplex } from 'node:stream'
import type pg from 'pg'
import { databaseError, isConnectionLoss } from './database-error.ts'
import type { Runner, Statement } from './pools.ts'
import type { Rows, Tx } from './tx.ts'

/** COMMIT was sent and its answer never came: whether it took effect must be read, never guessed. */
export class AmbiguousCommit extends Error {
  override readonly name = 'AmbiguousCommit'
}

/**
 * A transaction that begins with the first statement that needs it, so that a handler which never touches the database
 * costs none. BEGIN and the entry statement (the fence) travel ahead of that first statement in one pipeline, the exit
 * statement (the completion) and COMMIT behind the last: both must raise on a mismatch, since COMMIT is already sent.
 */
export class LazyTransaction implements Tx {
  readonly #pool: pg.Pool
  readonly #run: Runner
  readonly #entry: { statement: Statement; values: readonly unknown[] } | undefined
  #client: Promise<pg.PoolClient> | undefined
  #entryError: unknown
  #ended = false
  #lost = false

  constructor(pool: pg.Pool, run: Runner, entry?: { statement: Statement; values: readonly unknown[] }) {
    this.#pool = pool
    this.#run = run
    this.#entry = entry
  }

  get opened(): boolean {
    return this.#client !== undefined
  }

  /** Its connection was lost. Asked here, for an error that a handler throws may look like it and be of another service. */
  get lost(): boolean {
    return this.#lost
  }

  query<R = Record<string, unknown>>(text: string, values: readonly unknown[] = []): Promise<Rows<R>> {
    const result = this.#query<R>(text, values)
    // A handler that forgot to await it must not end the process; the transaction is spoilt and its commit will say so.
    result.catch(() => {})
    return result
  }

  async #query<R>(text: string, values: readonly unknown[]): Promise<Rows<R>> {
    const client = await this.#open()
    try {
      const result = await client.query(text, values as unknown[])
      return { rows: result.rows as R[], rowCount: result.rowCount ?? 0 }
    } catch (error) {
      if (isConnectionLoss(error)) this.#lost = true
      throw this.#entryError ?? databaseError(error)
    }
  }

  /** Exit statements and COMMIT in one pipeline. @throws AmbiguousCommit, or what a statement raised. */
  async commit(exits: readonly { statement: Statement; values: readonly unknown[] }[]): Promise<void> {
    const client = await this.#open()
    this.#ended = true
    inOneWrite(client)
    const sent = exits.map(({ statement, values }) => this.#run(client, statement, values))
    const results = await Promise.allSettled([...sent, client.query('commit')])
    const failed = results.filter((r) => r.status === 'rejected').map((r) => r.reason as unknown)
    const lost = failed.find(isConnectionLoss)
    if (lost) {
      this.#lost = true
      this.#release(client, true)
      throw new AmbiguousCommit('The connection was lost while committing.', { cause: lost })
    }
    this.#release(client, false)
    if (this.#entryError) throw this.#entryError
    if (failed.length > 0) throw databaseError(failed[0])
  }

  async rollback(): Promise<void> {
    if (!this.#client || this.#ended) return
    this.#ended = true
    const client = await this.#client.catch(() => undefined)
    if (!client) return
    try {
      await client.query('rollback')
      this.#release(client, false)
    } catch {
      this.#release(client, true)
    }
  }

  /** Gives up the connection at once; the server rolls back when it notices. */
  destroy(): void {
    if (!this.#client || this.#ended) return
    this.#ended = true
    void this.#client.then(
      (client) => {
        // A pipelining client that is told to end waits for the answers on their way: a long statement's, for instance.
        streamOf(client).destroy()
        this.#release(client, true)
      },
      () => {},
    )
  }

  #open(): Promise<pg.PoolClient> {
    if (this.#ended) throw new Error('The transaction has ended; nothing may use it after its handler.')
    this.#client ??= this.#connect()
    return this.#client
  }

  async #connect(): Promise<pg.PoolClient> {
    try {
      const client = await this.#pool.connect()
      client.on('error', this.#onLoss) // while nothing is asked of it; unheard it would end the process
      inOneWrite(client)
      client.query('begin').catch(() => {}) // a lost connection shows in every statement behind it
      if (this.#entry) {
        this.#run(client, this.#entry.statement, this.#entry.values).catch((error: unknown) => {
          if (isConnectionLoss(error)) this.#lost = true
          this.#entryError = databaseError(error)
        })
      }
      return client
    } catch (error) {
      if (isConnectionLoss(error)) this.#lost = true
      throw error
    }
  }

  readonly #onLoss = (): void => {
    this.#lost = true
  }

  #release(client: pg.PoolClient, broken: boolean): void {
    client.release(broken) // the pool listens again from here on
    client.off('error', this.#onLoss)
  }
}

/**
 * What is sent before the next tick leaves in one write, the handler's first statement included. A write wakes the server's
 * process and costs more than what it says.
 */
export function inOneWrite(client: pg.PoolClient): void {
  const stream = streamOf(client)
  stream.cork()
  process.nextTick(() => stream.uncork())
}

export function streamOf(client: pg.PoolClient): Duplex {
  return (client as unknown as { connection: { stream: Duplex } }).connection.stream
}

/** Each query is a transaction of its own, with the tenant set: for effects, which must hold none open. */
export class ShortTransactions implements Tx {
  readonly #pool: pg.Pool
  readonly #tenant: string

  constructor(pool: pg.Pool, tenant: string) {
    this.#pool = pool
    this.#tenant = tenant
  }

  async query<R = Record<string, unknown>>(text: string, values: readonly unknown[] = []): Promise<Rows<R>> {
    const client = await this.#pool.connect()
    inOneWrite(client)
    const [begun, entered, result, ended] = await Promise.allSettled([
      client.query('begin'),
      client.query(`select set_config('app.tenant', $1, true)`, [this.#tenant]),
      client.query(text, values as unknown[]),
      client.query('commit'),
    ])
    client.release(ended.status === 'rejected')
    for (const step of [begun, entered, result, ended]) if (step.status === 'rejected') throw databaseError(step.reason)
    const rows = (result as PromiseFulfilledResult<pg.QueryResult>).value
    return { rows: rows.rows as R[], rowCount: rows.rowCount ?? 0 }
  }
}

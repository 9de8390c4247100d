import type { Duplex } from 'node:stream'
import type pg from 'pg'
import { hasCode } from '../errors.ts'
import { ConnectionWait } from './connection-wait.ts'
import { databaseError, isConnectionLoss, isServerState, isStalePlan } from './database-error.ts'
import { beginOn, type Runner, type Statement, statement } from './pools.ts'
import { type Step, type StepResult, sendTogether } from './round-trip.ts'
import { refuseTransactionControl } from './transaction-control.ts'
import { commitUnanswered, firstUse, lossOf, type Trouble, troubleAtBeginning } from './trouble.ts'
import { heard, type Rows, type Tx } from './tx.ts'

export const commit = statement('commit', 'commit')

/** COMMIT was sent and its answer never came: whether it took effect must be read, never guessed. */
export class AmbiguousCommit extends Error {
  override readonly name = 'AmbiguousCommit'
}

const ended = () => new Error('The transaction has ended; nothing may use it after its handler.')

/**
 * A transaction that begins with the first statement that needs it, so that a handler which never touches the database
 * costs none. BEGIN, the entry statement (the fence) and that first statement are one round trip. The entry must raise on a
 * mismatch, which keeps the statement behind it from running.
 */
export class LazyTransaction implements Tx {
  readonly wait = new ConnectionWait()
  readonly #pool: pg.Pool
  readonly #run: Runner
  readonly #entry: { statement: Statement; values: readonly unknown[] } | undefined
  #client: Promise<pg.PoolClient> | undefined
  #entryError: unknown
  #entryValue: string | undefined
  /** The first error of any of its statements: PostgreSQL answers what comes after it, COMMIT included, as if it were none. */
  #spoilt: unknown
  #connected: pg.PoolClient | undefined
  #connectError: unknown
  #beginError: unknown
  #loss: unknown
  #trouble: Trouble | undefined
  #begun = false
  #ended = false

  constructor(pool: pg.Pool, run: Runner, entry?: { statement: Statement; values: readonly unknown[] }) {
    this.#pool = pool
    this.#run = run
    this.#entry = entry
  }

  /** What the entry statement answered, once it did. */
  get entryValue(): string | undefined {
    return this.#entryValue
  }

  get opened(): boolean {
    return this.#client !== undefined
  }

  /** Its connection was lost. Asked here, for an error that a handler throws may look like it and be of another service. */
  get lost(): boolean {
    return this.#loss !== undefined || this.#connectError !== undefined
  }

  /** What kept it from its end and is no failure of its handler. Asked once the handler has ended. */
  get trouble(): Trouble | undefined {
    this.#trouble ??= this.#troubleMet()
    return this.#trouble
  }

  #troubleMet(): Trouble | undefined {
    if (this.#connectError !== undefined) return { kind: 'outage', place: 'connecting', error: this.#connectError }
    if (!this.#connected) {
      const error = this.#client && new Error('No connection was free.')
      return error && { kind: 'outage', place: 'connecting', error }
    }
    if (this.#beginError !== undefined) return troubleAtBeginning(this.#pool, this.#connected, this.#beginError)
    if (this.#loss !== undefined) return lossOf(this.#pool, this.#loss)
    return isServerState(this.#spoilt) ? { kind: 'outage', place: 'statement', error: this.#spoilt } : undefined
  }

  /** What was said when its connection was lost: the text of the FATAL, if there was one. */
  get loss(): unknown {
    return this.#loss ?? this.#connectError
  }

  /** Why it never began: no connection was to be had, or BEGIN was not answered. No handler is at fault. */
  get outage(): unknown {
    return this.#connectError ?? this.#beginError
  }

  query<R = Record<string, unknown>>(text: string, values: readonly unknown[] = []): Promise<Rows<R>> {
    return heard(this.#query<R>(text, values)) // the transaction is spoilt and its commit will say so
  }

  async #query<R>(text: string, values: readonly unknown[]): Promise<Rows<R>> {
    refuseTransactionControl(text, true)
    const client = await this.#open()
    try {
      const result = await this.#send(client, text, values)
      return { rows: result.rows as R[], rowCount: result.rowCount ?? 0 }
    } catch (error) {
      if (isConnectionLoss(error)) this.#loss ??= error
      if (isStalePlan(error)) this.#run.refuse(text)
      this.#spoilt ??= error
      throw this.#entryError ?? databaseError(error)
    }
  }

  #send(client: pg.PoolClient, text: string, values: readonly unknown[]): StepResult {
    if (values.length > 0) return this.#together(client, [this.#run.stepOfText(text, values)])[0] as StepResult
    // Without parameters it may be several statements, which only the simple protocol takes.
    inOneWrite(client)
    this.#together(client, [])
    return client.query(text)
  }

  /** In one round trip; the transaction's beginning goes ahead of what is sent first. */
  #together(client: pg.PoolClient, steps: readonly Step[]): StepResult[] {
    if (this.#begun) return steps.length > 0 ? sendTogether(client, steps) : []
    this.#begun = true
    const entry = [this.#run.step(beginOn(this.#pool), [])]
    if (this.#entry) entry.push(this.#run.step(this.#entry.statement, this.#entry.values))
    const results = sendTogether(client, [...entry, ...steps])
    const [begun, entered] = results.splice(0, entry.length) as [StepResult, StepResult | undefined]
    begun.catch(this.#onEntryError)
    entered?.then(this.#onEntered, this.#onEntryError)
    return results
  }

  readonly #onEntered = ({ rows }: pg.QueryResult): void => {
    this.#entryValue = (rows as string[][])[0]?.[0]
  }

  readonly #onEntryError = (error: unknown): void => {
    if (isConnectionLoss(error)) this.#loss ??= error
    this.#entryError ??= databaseError(error)
    if (!hasCode(this.#entryError, 'fenced')) this.#beginError ??= error
  }

  /**
   * Exit statements, and COMMIT behind them whatever becomes of them: it ends the transaction either way, so that the
   * connection is free as soon as it is sent, and the next transaction's beginning leaves in the same write.
   * @param onSent called then.
   * @throws AmbiguousCommit, or what a statement raised.
   */
  async commit(
    exits: readonly { statement: Statement; values: readonly unknown[] }[],
    onSent: () => void = () => {},
  ): Promise<void> {
    const client = await this.#open()
    this.#ended = true
    holdWrites(client)
    const steps = exits.map(({ statement: exit, values }) => this.#run.step(exit, values))
    const left = this.#together(client, steps)
    const [ended] = sendTogether(client, [this.#run.step(commit, [])]) as [StepResult]
    this.#release(client, false)
    onSent()
    const results = await Promise.allSettled([...left, ended])
    const failed = results.flatMap((r) => (r.status === 'rejected' ? [r.reason as unknown] : []))
    const lost = failed.find(isConnectionLoss)
    if (lost) {
      commitUnanswered(client)
      this.#loss ??= lost
      throw new AmbiguousCommit('The connection was lost while committing.', { cause: lost })
    }
    if (this.#entryError) throw this.#entryError
    if (failed.length > 0) {
      this.#spoilt ??= failed[0]
      throw databaseError(failed[0])
    }
    if ((await ended).command === 'ROLLBACK') throw databaseError(this.#spoilt)
  }

  async rollback(): Promise<void> {
    if (this.#ended) return
    this.#ended = true // also when it never began: a handler that was given up may want to begin it now
    const client = await this.#client?.catch(() => undefined)
    if (client) await this.#leave(client)
  }

  async #leave(client: pg.PoolClient): Promise<void> {
    try {
      if (this.#begun) await client.query('rollback')
      // A session that may not write is one of a server that is a standby now: the next one may be another's.
      this.#release(client, this.#beginError !== undefined || isServerState(this.#spoilt))
    } catch {
      this.#release(client, true)
    }
  }

  /** Gives up the connection at once; the server rolls back when it notices. */
  destroy(): void {
    if (this.#ended) return
    this.#ended = true
    void this.#client?.then(
      (client) => {
        // A pipelining client that is told to end waits for the answers on their way: a long statement's, for instance.
        streamOf(client).destroy()
        this.#release(client, true)
      },
      () => {},
    )
  }

  #open(): Promise<pg.PoolClient> {
    if (this.#ended) throw ended()
    this.#client ??= this.#connect()
    return this.#client
  }

  async #connect(): Promise<pg.PoolClient> {
    let client: pg.PoolClient
    this.wait.begin()
    try {
      client = await this.#pool.connect()
    } catch (error) {
      this.#connectError = error
      throw error
    } finally {
      this.wait.end()
    }
    if (this.#ended) {
      client.release() // nothing was sent on it: the next may have it
      throw ended()
    }
    this.#connected = client
    firstUse(client)
    client.on('error', this.#onLoss) // while nothing is asked of it
    return client
  }

  readonly #onLoss = (error: unknown): void => {
    this.#loss ??= error
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

/** As {@link inOneWrite}, with what others send on the same connection before the process waits again. */
function holdWrites(client: pg.PoolClient): void {
  const stream = streamOf(client)
  stream.cork()
  setImmediate(() => stream.uncork())
}

export function streamOf(client: pg.PoolClient): Duplex {
  return (client as unknown as { connection: { stream: Duplex } }).connection.stream
}

const SCOPE = `select pg_catalog.set_config('cascata.tenant', $1, true), pg_catalog.set_config('cascata.claim', $2, true)`

/** Each query is a transaction of its own, with the tenant set: for effects, which must hold none open. */
export class ShortTransactions implements Tx {
  readonly #pool: pg.Pool
  readonly #tenant: string
  readonly #claim: string
  readonly #inUse = new Set<pg.PoolClient>()
  #connecting = 0
  #ended = false
  #destroyed = false
  #trouble: Trouble | undefined

  /** @param claim whose events are saved here: as the fence says it in a transaction of a handler. */
  constructor(pool: pg.Pool, claim: { tenant: string; id: string; rootId: string; token: string }) {
    this.#pool = pool
    this.#tenant = claim.tenant
    this.#claim = [claim.tenant, claim.id, claim.rootId, claim.token].join('|')
  }

  /** As of {@link LazyTransaction.trouble}: the first that any of its queries met. */
  get trouble(): Trouble | undefined {
    if (this.#trouble || this.#connecting === 0) return this.#trouble
    return { kind: 'outage', place: 'connecting', error: new Error('No connection was free.') }
  }

  query<R = Record<string, unknown>>(text: string, values: readonly unknown[] = []): Promise<Rows<R>> {
    return heard(this.#query<R>(text, values))
  }

  async #query<R>(text: string, values: readonly unknown[]): Promise<Rows<R>> {
    const client = await this.#connect()
    inOneWrite(client)
    const [begun, entered, result, ended] = await Promise.allSettled([
      client.query(beginOn(this.#pool).text),
      client.query(SCOPE, [this.#tenant, this.#claim]),
      client.query(text, values as unknown[]),
      client.query('commit'),
    ])
    this.#inUse.delete(client)
    const spoilt = [begun, entered, result, ended].some(
      (step) => step.status === 'rejected' && isServerState(step.reason),
    )
    client.release(spoilt || ended.status === 'rejected')
    const first = [begun, entered].find((step) => step.status === 'rejected')
    if (first && !this.#destroyed) this.#trouble ??= troubleAtBeginning(this.#pool, client, first.reason)
    for (const step of [begun, entered, result, ended]) {
      if (step.status === 'fulfilled') continue
      if (isConnectionLoss(step.reason) && !this.#destroyed) this.#trouble ??= lossOf(this.#pool, step.reason)
      if (isServerState(step.reason)) this.#trouble ??= { kind: 'outage', place: 'statement', error: step.reason }
      throw databaseError(step.reason)
    }
    const rows = (result as PromiseFulfilledResult<pg.QueryResult>).value
    return { rows: rows.rows as R[], rowCount: rows.rowCount ?? 0 }
  }

  async #connect(): Promise<pg.PoolClient> {
    if (this.#ended) throw new Error('The handler has ended; nothing may use its database any more.')
    this.#connecting++
    try {
      const client = await this.#pool.connect()
      if (this.#destroyed) {
        client.release()
        throw new Error('The handler was given up; nothing may use its database any more.')
      }
      firstUse(client)
      this.#inUse.add(client)
      return client
    } catch (error) {
      if (!this.#destroyed) this.#trouble ??= { kind: 'outage', place: 'connecting', error }
      throw error
    } finally {
      this.#connecting--
    }
  }

  /** Nothing new; what is under way and nobody waits for may go on for so long. */
  end(graceMs: number): void {
    this.#ended = true
    if (this.#inUse.size + this.#connecting > 0) setTimeout(() => this.destroy(), graceMs).unref()
  }

  /** Nor what is under way: its connections go, and the server ends the statements when it notices. */
  destroy(): void {
    this.#ended = true
    this.#destroyed = true
    for (const client of this.#inUse) streamOf(client).destroy()
  }
}

import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { hasCode } from '../errors.ts'
import { ConnectionWait } from '../postgres/connection-wait.ts'
import {
  databaseError,
  isClaimUntold,
  isConnectionLoss,
  isServerState,
  isStalePlan,
} from '../postgres/database-error.ts'
import { AmbiguousCommit, commit, streamOf } from '../postgres/lazy-transaction.ts'
import { beginOn, statement } from '../postgres/pools.ts'
import { type Step, type StepResult, sendTogether } from '../postgres/round-trip.ts'
import { refuseTransactionControl } from '../postgres/transaction-control.ts'
import { firstUse, type Trouble, troubleAtBeginning } from '../postgres/trouble.ts'
import { heard, type Rows, type Tx } from '../postgres/tx.ts'
import type { CommandClaim } from './claim-commands.ts'
import type { RunOptions } from './run-options.ts'
import type { Settlement } from './settle-commands.ts'
import type { SharedMode, SharedTypes } from './shared-types.ts'

/** A server that does not answer in so long notices by itself that the connection is gone. */
const GIVE_UP_MS = 2_000

const fence = statement('fence_shared', 'select cascata.fence_shared($1, $2::uuid[], $3::uuid[])')
const complete = statement(
  'complete_shared',
  `select cascata.complete_shared($1, $2, $3::uuid[], $4::uuid[], $5::double precision[], $6::double precision[],
     $7::jsonb[])`,
)

const savepoint = statement('savepoint', 'savepoint cascata_member')
const releaseSavepoint = statement('release_savepoint', 'release savepoint cascata_member')
const setClaim = statement('set_claim', `select pg_catalog.set_config('cascata.claim', $1, true)`)

export interface RunSharedOptions extends RunOptions {
  sharedTypes: SharedTypes
}

/** A member cannot be told from its neighbours: it failed, or its statements would come between theirs. */
export class Undivided extends Error {}

/** One transaction of several commands of one tenant. Begins with the first statement of any of them. */
export class SharedTransaction {
  readonly #options: RunSharedOptions
  readonly #claims: readonly CommandClaim[]
  readonly mode: SharedMode
  readonly wait = new ConnectionWait()
  #opened: Promise<pg.PoolClient> | undefined
  #client: pg.PoolClient | undefined
  #ended = false
  #lost = false
  /** Whose first statement was sent, or is about to be. */
  readonly #entered = new Set<MemberTx>()
  #last: MemberTx | undefined
  #claimTold = false
  /** What leaves with the next round trip. */
  #waiting: { step: Step; answered: (result: StepResult) => void }[] = []
  /** Nothing that it holds can be saved: the fence refused, the connection was lost, a handler meddled with it. */
  broken = false
  /** It could not begin, and that is nobody's failure: its members need not try again alone. */
  outage: Trouble | undefined
  /** Some member wanted a second statement after another's, or its claim told: in turn, it may have it. */
  interleaved = false

  constructor(options: RunSharedOptions, claims: readonly CommandClaim[], mode: SharedMode) {
    this.#options = options
    this.#claims = claims
    this.mode = mode
  }

  refuse(text: string): void {
    this.#options.run.refuse(text)
  }

  member(claim: CommandClaim): MemberTx {
    return new MemberTx(this, claim)
  }

  /** One statement of a member; what has to go ahead of it goes in the same round trip. */
  async send(member: MemberTx, text: string, values: readonly unknown[]): Promise<pg.QueryResult> {
    // Without waiting where there is nothing to wait for: a statement that its handler forgot must leave before its end.
    const client = this.#client ?? (await this.#open())
    if (this.#ended) throw new Error('The transaction has ended; nothing may use it after its handler.')
    const step = this.#options.run.stepOfText(text, values)
    const isNew = !this.#entered.has(member)
    if (!isNew && this.#last !== member) throw this.inTurn(member)
    const begins = this.#entered.size === 0
    for (const [i, ahead] of (isNew ? this.#enter(member, text) : []).entries()) {
      this.#add(client, ahead, () => {}, begins && i < 2 ? this.#onBeginError : this.#onAheadError)
    }
    return await new Promise<pg.QueryResult>((resolve, reject) => {
      this.#add(client, step, resolve, reject)
    })
  }

  /** The member's type cannot run together with others, from now on. */
  inTurn(member: MemberTx): Undivided {
    this.interleaved = true
    this.#options.sharedTypes.needsTurn(member.claim.type)
    return new Undivided('It cannot run together with its neighbours.')
  }

  /** What the one before it wrote stays; what follows is of this claim. */
  #enter(member: MemberTx, text: string): Step[] {
    const { run } = this.#options
    const { tenant, id, rootId, token } = member.claim
    const steps: Step[] = []
    if (this.#entered.size === 0) {
      const [ids, tokens] = [this.#claims.map((claim) => claim.id), this.#claims.map((claim) => claim.token)]
      steps.push(run.step(beginOn(this.#options.exec), []), run.step(fence, [tenant, ids, tokens]))
    }
    if (this.mode === 'savepoints') {
      if (this.#entered.size > 0) steps.push(run.step(releaseSavepoint, []))
      steps.push(run.step(savepoint, []))
    }
    // Of those that run together, whose claim it is matters to the library's own statements, and they say if they miss it.
    this.#claimTold ||= this.mode !== 'together' || text.includes('cascata.')
    if (this.#claimTold) steps.push(run.step(setClaim, [`${tenant}|${id}|${rootId}|${token}`]))
    this.#entered.add(member)
    this.#last = member
    return steps
  }

  #add(
    client: pg.PoolClient,
    step: Step,
    onResult: (result: pg.QueryResult) => void,
    onError: (error: unknown) => void,
  ): void {
    // After the microtasks: all members that go on in this moment have sent by then.
    if (this.#waiting.length === 0) process.nextTick(() => this.#flush(client))
    this.#waiting.push({ step, answered: (result) => void result.then(onResult, onError) })
  }

  /** Also before whatever ends the transaction or a member's part of it. */
  #flush(client: pg.PoolClient): void {
    if (this.#waiting.length === 0) return
    const waiting = this.#waiting
    this.#waiting = []
    const results = sendTogether(
      client,
      waiting.map(({ step }) => step),
    )
    for (const [i, { answered }] of waiting.entries()) answered(results[i] as StepResult)
  }

  /** BEGIN and the fence. A session that ended without a word may have been ended by a member: each will tell alone. */
  readonly #onBeginError = (error: unknown): void => {
    this.broken = true
    const client = this.#client as pg.PoolClient
    if (this.outage || hasCode(databaseError(error), 'fenced')) return
    const trouble = troubleAtBeginning(this.#options.exec, client, error)
    if (trouble.kind === 'outage') this.outage = trouble
  }

  /** The fence refused, a statement that nobody waited for failed, or a handler meddled. */
  readonly #onAheadError = (error: unknown): void => {
    // Of those who run together, each hears of the first error that any of them made.
    if (this.mode !== 'together' || hasCode(databaseError(error), 'fenced')) this.broken = true
  }

  async undo(): Promise<void> {
    const client = await this.#opened
    if (this.broken || !client) return
    this.#flush(client)
    try {
      await client.query('rollback to savepoint cascata_member')
    } catch (error) {
      this.broken = true
      throw error
    }
  }

  #open(): Promise<pg.PoolClient> {
    this.#opened ??= this.#connect()
    return this.#opened
  }

  async #connect(): Promise<pg.PoolClient> {
    this.wait.begin()
    try {
      const client = await this.#options.exec.connect()
      this.#client = client
      firstUse(client)
      client.on('error', this.#onLoss)
      return client
    } catch (error) {
      this.broken = true
      this.outage = { kind: 'outage', place: 'connecting', error }
      throw error
    } finally {
      this.wait.end()
    }
  }

  /** Completions and COMMIT in one round trip; nothing at all when no handler used the transaction. */
  async commit(written: readonly Settlement[]): Promise<void> {
    const client = await this.#opened
    if (!client) return
    this.#flush(client)
    if (this.broken) throw new Error('The shared transaction is broken.')
    this.#ended = true
    if (written.length === 0) {
      await client.query('rollback')
      this.#release(client, false)
      return
    }
    const { run, daemonId } = this.#options
    const values = [
      written[0]?.claim.tenant,
      daemonId,
      written.map(({ claim }) => claim.id),
      written.map(({ claim }) => claim.token),
      written.map(({ startedAtMs }) => startedAtMs),
      written.map(({ ms }) => ms),
      written.some(({ next }) => next !== undefined) ? written.map(({ next }) => next ?? null) : null,
    ]
    const results = await Promise.allSettled(sendTogether(client, [run.step(complete, values), run.step(commit, [])]))
    const failed = results.flatMap((r) => (r.status === 'rejected' ? [r.reason as unknown] : []))
    const lost = failed.find(isConnectionLoss)
    if (failed.length > 0 && !lost) await client.query('rollback').catch(() => {}) // the COMMIT did not run
    this.#release(client, lost !== undefined)
    if (lost) throw new AmbiguousCommit('The connection was lost while committing.', { cause: lost })
    if (failed.length > 0) throw databaseError(failed[0])
  }

  /** @returns false: it cannot be told; give it up. */
  async rollback(): Promise<boolean> {
    const client = await this.#opened?.catch(() => undefined)
    if (!client || this.#ended || this.broken) return false
    this.#flush(client)
    try {
      await client.query('rollback')
    } catch {
      return false
    }
    this.#ended = true
    this.#release(client, false)
    return true
  }

  /**
   * Rolls back, whatever is running in it: its members are about to run alone, and must not meet its locks. The connection
   * is not used again, for the cancellation may arrive late.
   */
  async giveUp(): Promise<void> {
    if (this.#ended) return
    this.#ended = true
    const client = this.#client
    if (!client) return void this.#opened?.then((late) => this.#release(late, false)).catch(() => {})
    this.#flush(client)
    const { exec } = this.#options
    const { processID } = client as unknown as { processID: number }
    const rolledBack = client.query('rollback').catch(() => {})
    const cancelled = this.#lost || exec.query('select pg_cancel_backend($1)', [processID]).catch(() => {})
    await Promise.race([Promise.all([rolledBack, cancelled]), sleep(GIVE_UP_MS)])
    streamOf(client).destroy()
    this.#release(client, true)
  }

  readonly #onLoss = (): void => {
    this.broken = true
    this.#lost = true
  }

  #release(client: pg.PoolClient, broken: boolean): void {
    client.release(broken)
    client.off('error', this.#onLoss)
  }
}

/** One command's part of it. */
export class MemberTx implements Tx {
  readonly claim: CommandClaim
  readonly #shared: SharedTransaction
  #closed = false
  /** It asked for something, whether that was sent yet or not. */
  used = false
  /** Its statement met a server that is out of something. */
  trouble: Trouble | undefined

  constructor(shared: SharedTransaction, claim: CommandClaim) {
    this.#shared = shared
    this.claim = claim
  }

  query<R = Record<string, unknown>>(text: string, values: readonly unknown[] = []): Promise<Rows<R>> {
    return heard(this.#query<R>(text, values)) // what is sent next will say so
  }

  async #query<R>(text: string, values: readonly unknown[]): Promise<Rows<R>> {
    if (this.#closed) throw new Error('The transaction has ended; nothing may use it after its handler.')
    refuseTransactionControl(text, false)
    this.used = true
    try {
      const result = await this.#shared.send(this, text, values)
      return { rows: result.rows as R[], rowCount: result.rowCount ?? 0 }
    } catch (error) {
      if (isConnectionLoss(error)) this.#shared.broken = true
      if (isServerState(error)) this.trouble ??= { kind: 'outage', place: 'statement', error }
      if (isStalePlan(error)) this.#shared.refuse(text)
      if (isClaimUntold(error)) throw this.#shared.inTurn(this)
      throw databaseError(error)
    }
  }

  /** What it wrote stays, if the whole is saved. */
  end(): void {
    this.#closed = true
  }

  /** Takes back what it wrote. */
  async undo(): Promise<void> {
    this.#closed = true
    await this.#shared.undo()
  }
}

import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { correctedNow } from '../definitions/uuid.ts'
import { validate } from '../definitions/validate.ts'
import { CascataError, hasCode } from '../errors.ts'
import { databaseError, isConflict, isConnectionLoss, isStalePlan } from '../postgres/database-error.ts'
import { AmbiguousCommit, begin, commit, streamOf } from '../postgres/lazy-transaction.ts'
import { statement } from '../postgres/pools.ts'
import { type Step, type StepResult, sendTogether } from '../postgres/round-trip.ts'
import type { Rows, Tx } from '../postgres/tx.ts'
import type { CommandClaim } from './claim-commands.ts'
import type { CommandContext, CommandHandler } from './handle.ts'
import {
  common,
  ended,
  failure,
  followUps,
  fromOutcome,
  outcomeOf,
  type RunOptions,
  type RunResult,
  release,
  resolve,
  runCommand,
  type Timed,
  withTimeout,
} from './run-command.ts'
import type { Settlement } from './settle-commands.ts'

/** Most commands in one shared transaction: beyond, PostgreSQL's own bookkeeping of savepoints begins to cost. */
export const SHARED_MAX = 20

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
const setClaim = statement('set_claim', `select set_config('cascata.claim', $1, true)`)

/** How long a type's commands get savepoints after one of them failed. */
const CAREFUL_MS = 60_000

/**
 * Which types have failed of late. A savepoint costs as much as a small insert, so that commands which succeed do without:
 * the first failure undoes its neighbours too, which then run again with savepoints, as do all for a while.
 */
export class RecentFailures {
  readonly #until = new Map<string, number>()

  add(type: string): void {
    this.#until.set(type, performance.now() + CAREFUL_MS)
  }

  hasAny(claims: readonly CommandClaim[]): boolean {
    if (this.#until.size === 0) return false
    const now = performance.now()
    return claims.some(({ type }) => (this.#until.get(type) ?? 0) > now)
  }
}

/** A handler failed behind others that have no savepoint of their own. */
class Undivided extends Error {}

export interface RunSharedOptions extends RunOptions {
  failures: RecentFailures
}

/**
 * Runs claimed commands of one tenant in one transaction, one after another. A handler that fails undoes only its own: with
 * a savepoint each, which they get when one of their types has failed of late, otherwise by running them again with
 * savepoints. When the transaction as a whole fails (its commit is refused, the connection is lost, a handler does not end
 * in time), nothing of it was saved, nobody's failures are counted, and each runs alone.
 * @returns results in the order of the claims. Never throws.
 */
export async function runShared(
  options: RunSharedOptions,
  claims: readonly CommandClaim[],
  shutdown: AbortSignal,
): Promise<RunResult[]> {
  const shared = new SharedTransaction(options, claims, options.failures.hasAny(claims))
  const members: Member[] = []
  try {
    for (const claim of claims) members.push(await runMember(options, shared, claim, shutdown))
    const written = members.flatMap((member) => (member.written ? [member.result as Settlement] : []))
    await shared.commit(written)
    return members.map(({ written, result }) => (written ? 'settled' : result))
  } catch (error) {
    if (error instanceof AmbiguousCommit) {
      return Promise.all(
        members.map(({ written, result, timed }) => (written ? resolve(options, timed.claim, () => timed) : result)),
      )
    }
    // What was decided without the transaction stands; the rest runs again.
    if (error instanceof Undivided && (await shared.rollback())) {
      const decided = claims.map((_, i) => (members[i]?.written === false ? members[i] : undefined))
      const rest = await runShared(
        options,
        claims.filter((_, i) => !decided[i]),
        shutdown,
      )
      return decided.map((member) => member?.result ?? (rest.shift() as RunResult))
    }
    await shared.giveUp()
    return Promise.all(
      claims.map((claim, i) => {
        const member = members[i]
        if (member && !member.written) return member.result
        if (options.abandon.aborted) return 'fenced' // nothing more is written: the rescue runs it again
        if (shutdown.aborted) return release({ claim, startedAtMs: correctedNow(), ms: 0 }, 'The daemon shut down.')
        return runCommand(options, claim, shutdown)
      }),
    )
  }
}

/** `written`: it succeeded with writes in the shared transaction, and is settled by its commit. */
interface Member {
  readonly written: boolean
  readonly result: RunResult
  readonly timed: Timed
}

async function runMember(
  options: RunSharedOptions,
  shared: SharedTransaction,
  claim: CommandClaim,
  shutdown: AbortSignal,
): Promise<Member> {
  const handler = options.app.commandHandlers.get(claim.type) as CommandHandler
  const from = performance.now()
  const startedAtMs = correctedNow()
  const timing = () => ({ claim, startedAtMs, ms: performance.now() - from })
  const without = (resultOf: (timed: Timed) => RunResult): Member => {
    const timed = timing()
    return { written: false, result: resultOf(timed), timed }
  }
  if (shutdown.aborted) return without((timed) => release(timed, 'The daemon shut down.'))
  const tx = shared.member(claim)
  const undo = async () => {
    if (!tx.used) return tx.end()
    options.failures.add(claim.type)
    if (!shared.savepoints) throw new Undivided()
    await tx.undo()
  }
  try {
    const data = validate(claim.type, handler.command.schema, claim.data)
    const value = await withTimeout(handler.command.timeoutMs, options.abandon, shutdown, (signal) => {
      const context: CommandContext = { ...common(options, claim, signal), tx }
      return handler.run(data, context as never) as Promise<unknown>
    })
    const outcome = outcomeOf(value)
    if (outcome.outcome !== 'done') {
      await undo()
      return without((timed) => fromOutcome(claim, handler, outcome, timed))
    }
    const next = followUps(options.app, claim, outcome.next)
    tx.end()
    const timed = timing()
    return { written: tx.used, result: { ...timed, ...ended('success'), next }, timed }
  } catch (error) {
    tx.end()
    if (error instanceof Undivided) throw error
    // Its statement may still run, and its neighbours must not wait for it.
    if (hasCode(error, 'timeout') || isConflict(error) || options.abandon.aborted || shared.broken) throw error
    await undo()
    if (shutdown.aborted) return without((timed) => release(timed, 'The daemon shut down.'))
    return without((timed) => failure(claim, handler, error, timed))
  }
}

class SharedTransaction {
  readonly #options: RunOptions
  readonly #claims: readonly CommandClaim[]
  #opened: Promise<pg.PoolClient> | undefined
  #client: pg.PoolClient | undefined
  readonly savepoints: boolean
  #begun = false
  #ended = false
  #savepoint = false
  #lost = false
  /** Nothing that it holds can be saved: the fence refused, the connection was lost, a handler meddled with it. */
  broken = false

  constructor(options: RunOptions, claims: readonly CommandClaim[], savepoints: boolean) {
    this.#options = options
    this.#claims = claims
    this.savepoints = savepoints
  }

  stepOfText(text: string, values: readonly unknown[]): Step {
    return this.#options.run.stepOfText(text, values)
  }

  refuse(text: string): void {
    this.#options.run.refuse(text)
  }

  member(claim: CommandClaim): MemberTx {
    return new MemberTx(this, claim)
  }

  /** What the one before it wrote stays; what follows is of this claim. One round trip with the claim's first statement. */
  begin(client: pg.PoolClient, { tenant, id, rootId, token }: CommandClaim, first: Step): StepResult {
    const { run } = this.#options
    const entry: Step[] = []
    if (!this.#begun) {
      const [ids, tokens] = [this.#claims.map((claim) => claim.id), this.#claims.map((claim) => claim.token)]
      entry.push(run.step(begin, []), run.step(fence, [tenant, ids, tokens]))
      this.#begun = true
    }
    if (this.#savepoint) entry.push(run.step(releaseSavepoint, []))
    if (this.savepoints) entry.push(run.step(savepoint, []))
    this.#savepoint = this.savepoints
    entry.push(run.step(setClaim, [`${tenant}|${id}|${rootId}|${token}`]))
    const results = sendTogether(client, [...entry, first])
    for (const result of results.slice(0, -1)) {
      result.catch(() => {
        this.broken = true // the fence refused, a statement that nobody waited for failed, or a handler meddled
      })
    }
    return results.at(-1) as StepResult
  }

  async undo(): Promise<void> {
    if (this.broken || !this.#client) return
    try {
      await this.#client.query('rollback to savepoint cascata_member')
    } catch (error) {
      this.broken = true
      throw error
    }
  }

  open(): Promise<pg.PoolClient> {
    this.#opened ??= this.#open()
    return this.#opened
  }

  async #open(): Promise<pg.PoolClient> {
    try {
      const client = await this.#options.exec.connect()
      this.#client = client
      client.on('error', this.#onLoss)
      return client
    } catch (error) {
      this.broken = true
      throw error
    }
  }

  /** Completions and COMMIT in one pipeline; nothing at all when no handler used the transaction. */
  async commit(written: readonly Settlement[]): Promise<void> {
    const client = this.#client
    if (!client) return
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
    const client = this.#client
    if (!client || this.#ended || this.broken) return false
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
    const client = this.#client
    if (!client || this.#ended) return
    this.#ended = true
    const { exec } = this.#options
    const { processID } = client as unknown as { processID: number }
    const rolledBack = client.query('rollback').catch(() => {})
    if (!this.#lost) await exec.query('select pg_cancel_backend($1)', [processID]).catch(() => {})
    await Promise.race([rolledBack, sleep(GIVE_UP_MS)])
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

/** What would end the transaction of the neighbours too. */
const CONTROL =
  /^(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)*(?:begin|start|commit|end|rollback|abort|prepare\s+transaction|savepoint|release)\b/i

/** One command's part: behind a savepoint that is set with its first statement. */
class MemberTx implements Tx {
  readonly #shared: SharedTransaction
  readonly #claim: CommandClaim
  #closed = false
  #used = false

  constructor(shared: SharedTransaction, claim: CommandClaim) {
    this.#shared = shared
    this.#claim = claim
  }

  get used(): boolean {
    return this.#used
  }

  query<R = Record<string, unknown>>(text: string, values: readonly unknown[] = []): Promise<Rows<R>> {
    const result = this.#query<R>(text, values)
    result.catch(() => {}) // a handler that forgot to await it must not end the process; the savepoint's end will say so
    return result
  }

  async #query<R>(text: string, values: readonly unknown[]): Promise<Rows<R>> {
    if (this.#closed) throw new Error('The transaction has ended; nothing may use it after its handler.')
    if (CONTROL.test(text)) {
      throw new CascataError('transaction-ended', 'A handler may not end a transaction that others share.', {
        fix: 'do not COMMIT or ROLLBACK in a handler; return or throw instead.',
      })
    }
    const client = await this.#shared.open()
    try {
      const result = await this.#send(client, text, values)
      return { rows: result.rows as R[], rowCount: result.rowCount ?? 0 }
    } catch (error) {
      if (isConnectionLoss(error)) this.#shared.broken = true
      if (isStalePlan(error)) this.#shared.refuse(text)
      throw databaseError(error)
    }
  }

  #send(client: pg.PoolClient, text: string, values: readonly unknown[]): StepResult {
    // Extended, so that the text is one statement and cannot hide a COMMIT.
    const step = this.#shared.stepOfText(text, values)
    if (this.#used) return sendTogether(client, [step])[0] as StepResult
    this.#used = true
    return this.#shared.begin(client, this.#claim, step)
  }

  /** What it wrote stays, if the whole is saved. */
  end(): void {
    this.#closed = true
  }

  async undo(): Promise<void> {
    this.#closed = true
    if (this.#used) await this.#shared.undo()
  }
}

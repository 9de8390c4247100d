import { correctedNow } from '../definitions/uuid.ts'
import { handlerData } from '../definitions/validate.ts'
import { hasCode } from '../errors.ts'
import { isConflict } from '../postgres/database-error.ts'
import { AmbiguousCommit } from '../postgres/lazy-transaction.ts'
import { lossOf } from '../postgres/trouble.ts'
import { ended, failure, fromOutcome, release, whenRefused, whenTroubled } from './attempt-end.ts'
import type { CommandClaim } from './claim-commands.ts'
import type { CommandHandler } from './handle.ts'
import { contextOf, followUps } from './handler-context.ts'
import { outcomeOf } from './outcome.ts'
import { runCommand } from './run-command.ts'
import { resolve } from './run-in-transaction.ts'
import type { RunResult, Timed } from './run-options.ts'
import type { Settlement } from './settle-commands.ts'
import { type RunSharedOptions, SharedTransaction, Undivided } from './shared-transaction.ts'
import { withTimeout } from './time-limit.ts'

/** Most commands in one shared transaction: beyond, PostgreSQL's own bookkeeping of savepoints begins to cost. */
export const SHARED_MAX = 50

/**
 * Runs claimed commands of one tenant in one transaction, with the effect of one after another. A handler that fails undoes
 * only its own: with a savepoint each, or by running its neighbours again with one (see {@link SharedTypes}). When the
 * transaction as a whole fails (its commit is refused, the connection is lost, a handler does not end in time), nothing of
 * it was saved, nobody's failures are counted, and each runs alone.
 * @param onCommitting as of {@link runCommand}, for those that run alone.
 * @returns results in the order of the claims. Never throws.
 */
export async function runShared(
  options: RunSharedOptions,
  claims: readonly CommandClaim[],
  shutdown: AbortSignal,
  onCommitting: () => void,
): Promise<RunResult[]> {
  const shared = new SharedTransaction(options, claims, options.sharedTypes.modeOf(claims))
  const members: (Member | undefined)[] = []
  try {
    await runMembers(options, shared, claims, shutdown, members)
    const ran = members as Member[]
    await shared.commit(ran.flatMap((member) => (member.written ? [member.result as Settlement] : [])))
    return ran.map(({ written, result }) => (written ? 'settled' : result))
  } catch (error) {
    if (error instanceof AmbiguousCommit) {
      return Promise.all(
        (members as Member[]).map(({ written, result, timed }) =>
          written
            ? resolve(options, timed.claim, () => timed, undefined, lossOf(options.exec, error, 'committing'))
            : result,
        ),
      )
    }
    // What was decided without the transaction stands; the rest runs again.
    if (error instanceof Undivided && (await shared.rollback())) {
      const decided = claims.map((_, i) => (members[i]?.written === false ? members[i] : undefined))
      const rest = await runShared(
        options,
        claims.filter((_, i) => !decided[i]),
        shutdown,
        onCommitting,
      )
      return decided.map((member) => member?.result ?? (rest.shift() as RunResult))
    }
    await shared.giveUp()
    return Promise.all(
      claims.map((claim, i) => {
        const member = members[i]
        if (member && !member.written) return member.result
        if (options.abandonment.happened) return 'fenced' // nothing more is written: the rescue runs it again
        const timed = { claim, startedAtMs: correctedNow(), ms: 0 }
        if (shutdown.aborted) return release(timed, 'The daemon shut down.')
        const uncounted = shared.outage && whenTroubled(options, claim, shared.outage, timed)
        if (uncounted) return uncounted
        return runCommand(options, claim, shutdown, onCommitting)
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

/** @throws what spoils the transaction; `members` has those that ended. */
async function runMembers(
  options: RunSharedOptions,
  shared: SharedTransaction,
  claims: readonly CommandClaim[],
  shutdown: AbortSignal,
  members: (Member | undefined)[],
): Promise<void> {
  const run = async (claim: CommandClaim, i: number) => {
    members[i] = await runMember(options, shared, claim, shutdown)
  }
  if (shared.mode !== 'together') {
    for (const [i, claim] of claims.entries()) await run(claim, i)
    return
  }
  const ends = await Promise.allSettled(claims.map(run)) // nobody may still be at it when the transaction ends
  const errors = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []))
  if (errors.length > 0) throw errors.find((error) => !(error instanceof Undivided)) ?? errors[0]
  if (shared.interleaved) throw new Undivided()
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
    options.sharedTypes.failed(claim.type)
    if (shared.mode !== 'savepoints') throw new Undivided()
    await tx.undo()
  }
  let ran = false
  try {
    const data = handlerData(claim.type, handler.command.schema, claim.data)
    ran = true
    const value = await withTimeout(
      handler.command.timeoutMs,
      options.abandonment,
      shutdown,
      (signal) => handler.run(data, contextOf(options, claim, signal, { tx }) as never) as Promise<unknown>,
      shared.wait,
    )
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
    if (hasCode(error, 'timeout') || isConflict(error) || options.abandonment.happened || shared.broken) throw error
    await undo()
    if (shutdown.aborted) return without((timed) => release(timed, 'The daemon shut down.'))
    return without((timed) => {
      const uncounted = ran
        ? tx.trouble && whenTroubled(options, claim, tx.trouble, timed)
        : whenRefused(claim, handler, error, timed)
      return uncounted ?? failure(claim, handler, error, timed)
    })
  }
}

import { setTimeout as sleep } from 'node:timers/promises'
import { hasCode } from '../errors.ts'
import { isConflict } from '../postgres/database-error.ts'
import { AmbiguousCommit, LazyTransaction } from '../postgres/lazy-transaction.ts'
import { statement } from '../postgres/pools.ts'
import { lossOf, type Trouble } from '../postgres/trouble.ts'
import { ended, failure, fromOutcome, isA, release, whenTroubled } from './attempt-end.ts'
import type { CommandClaim } from './claim-commands.ts'
import type { CommandHandler } from './handle.ts'
import { contextOf, dataOf, followUps } from './handler-context.ts'
import { outcomeOf } from './outcome.ts'
import type { RunOptions, RunResult, Timing } from './run-options.ts'
import { withTimeout } from './time-limit.ts'

const fence = statement('fence', 'select cascata.fence($1, $2, $3, $4)')
const complete = statement('complete', 'select cascata.complete($1, $2, $3, $4, $5)')
const stillClaimed = statement(
  'still_claimed',
  'select 1 from cascata.command_queue where tenant = $1 and id = $2 and token = $3 for update',
)

/** A conflict (serialization, deadlock) is repeated this often before it counts as a failure. */
const CONFLICTS_MAX = 5

export async function runInTransaction(
  options: RunOptions,
  claim: CommandClaim,
  handler: CommandHandler,
  timing: Timing,
  shutdown: AbortSignal,
  onCommitting: () => void,
): Promise<RunResult> {
  for (let conflicts = 0; ; conflicts++) {
    const tx = new LazyTransaction(options.exec, options.run, {
      statement: fence,
      values: [claim.tenant, claim.id, claim.token, handler.command.synchronousCommit],
    })
    try {
      const data = dataOf(claim, handler)
      const value = await withTimeout(
        handler.command.timeoutMs,
        options.abandonment,
        shutdown,
        (signal) => handler.run(data, contextOf(options, claim, signal, { tx }) as never) as Promise<unknown>,
        tx.wait,
      )
      const outcome = outcomeOf(value)
      if (outcome.outcome !== 'done') {
        await tx.rollback()
        return fromOutcome(claim, handler, outcome, timing())
      }
      const next = followUps(options.app, claim, outcome.next)
      if (!tx.opened) {
        await tx.rollback() // what the handler left running must not begin it
        return { ...timing(), ...ended('success'), next }
      }
      const done = { ...timing(), ...ended('success') }
      const { tenant, id, originalId, batchId } = claim
      const values = [tenant, id, originalId ?? null, batchId ?? null, next ?? null]
      const followed = next !== undefined || originalId !== undefined
      await tx.commit(followed ? [{ statement: complete, values }] : [], onCommitting)
      return { ...done, committedAt: tx.entryValue as string }
    } catch (error) {
      if (isA(error, AmbiguousCommit)) {
        return await resolve(options, claim, timing, tx.entryValue, tx.trouble ?? lossOf(options.exec, error))
      }
      const late = hasCode(error, 'timeout') && { trouble: tx.trouble } // before it is destroyed
      if (late || options.abandonment.happened) tx.destroy()
      else await tx.rollback()
      if (options.abandonment.happened) return 'fenced'
      if (hasCode(error, 'fenced')) return 'fenced'
      const trouble = late ? late.trouble : tx.trouble
      const uncounted = trouble && whenTroubled(options, claim, trouble, timing())
      if (uncounted) return uncounted
      if (shutdown.aborted) return release(timing(), 'The daemon shut down.')
      if (!isConflict(error) || conflicts >= CONFLICTS_MAX) throw error
      await sleep(10 + Math.random() * 190)
    }
  }
}

/**
 * A COMMIT without an answer: the row says what became of it, once whoever held it has ended.
 * @param committedAt where its row of committed_commands lies if it took effect; undefined for a shared transaction, which
 *   has written the attempt, and when it is not known: then a rescue finds it.
 * @param trouble what the command met if it did not take effect.
 */
export async function resolve(
  options: RunOptions,
  claim: CommandClaim,
  timing: Timing,
  committedAt: string | undefined,
  trouble: Trouble,
): Promise<RunResult> {
  for (let tries = 0; ; tries++) {
    try {
      const rows = await options.run(options.control, stillClaimed, [claim.tenant, claim.id, claim.token])
      if (rows.length > 0) {
        return whenTroubled(options, claim, trouble, timing()) ?? failure(claim, undefined, trouble.error, timing())
      }
      return committedAt === undefined ? 'settled' : { ...timing(), ...ended('success'), committedAt }
    } catch {
      if (tries > 60) return 'fenced' // a rescue finds out, once the database is back
      await sleep(Math.min(50 * 2 ** tries, 1_000))
    }
  }
}

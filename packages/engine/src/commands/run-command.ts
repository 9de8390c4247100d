import { correctedNow } from '../definitions/uuid.ts'
import { CascataError } from '../errors.ts'
import { ended, Refused, whatBecomesOf } from './attempt-end.ts'
import { type CommandClaim, CRASHES_MAX } from './claim-commands.ts'
import { runEffect } from './run-effect.ts'
import { runInTransaction } from './run-in-transaction.ts'
import type { RunOptions, RunResult } from './run-options.ts'

/**
 * Runs one claimed command to its outcome. Never throws: whatever happens becomes a result.
 * @param onCommitting the handler is done and its COMMIT is on its way: the next may start.
 */
export async function runCommand(
  options: RunOptions,
  claim: CommandClaim,
  shutdown: AbortSignal,
  onCommitting: () => void,
): Promise<RunResult> {
  const startedAtMs = correctedNow()
  const from = performance.now()
  const timing = () => ({ claim, startedAtMs, ms: performance.now() - from })
  const handler = options.app.commandHandlers.get(claim.type)
  try {
    if (!handler) {
      const fix = 'deploy its handler.'
      throw new Refused('', {
        cause: new CascataError('unknown-type', `Nothing here handles "${claim.type}".`, { fix }),
      })
    }
    if (claim.crashes >= CRASHES_MAX) {
      const message = `${claim.crashes} times a daemon died or lost it with this command in flight; it is not tried again.`
      return { ...timing(), ...ended('error'), error: { class: 'CrashLoop', message, stack: null } }
    }
    return handler.effect
      ? await runEffect(options, claim, handler, timing, shutdown)
      : await runInTransaction(options, claim, handler, timing, shutdown, onCommitting)
  } catch (error) {
    if (options.abandonment.happened) return 'fenced' // nothing more is written: the rescue runs it again
    return whatBecomesOf(options, claim, handler, error, timing())
  }
}

import type { Trouble } from '../postgres/trouble.ts'
import { type AttemptError, attemptError } from '../processor/attempt-error.ts'
import { isRefusal } from '../processor/give-back.ts'
import type { CommandClaim } from './claim-commands.ts'
import { givenBack, refused, shortWait } from './given-back.ts'
import type { CommandHandler } from './handle.ts'
import type { Outcome } from './outcome.ts'
import { isRejected } from './rejected.ts'
import { nextTry } from './retry-policy.ts'
import type { RunOptions, Timed } from './run-options.ts'
import type { Settlement } from './settle-commands.ts'

/** Nothing of the handler's own stopped it. */
export class Troubled extends Error {
  readonly trouble: Trouble

  constructor(trouble: Trouble) {
    super('No failure of the handler.', { cause: trouble.error })
    this.trouble = trouble
  }
}

/** The data, or the type, is nothing that this daemon knows; its handler did not run. */
export class Refused extends Error {}

export function whatBecomesOf(
  options: RunOptions,
  claim: CommandClaim,
  handler: CommandHandler | undefined,
  thrown: unknown,
  timed: Timed,
): Settlement {
  const cause = isA(thrown, Troubled) || isA(thrown, Refused) ? thrown.cause : thrown
  const uncounted = isA(thrown, Troubled)
    ? whenTroubled(options, claim, thrown.trouble, timed)
    : isA(thrown, Refused) && whenRefused(claim, handler, cause, timed)
  // Should the intent be stored all the same (its answer was lost), it is noted that nothing was called.
  const effect = isA(thrown, Troubled) && thrown.trouble.place === 'calling' ? 'rejected' : undefined
  return { ...(uncounted || failure(claim, handler, cause, timed)), effect }
}

/** @returns undefined: it counts as a failure after all. */
export function whenTroubled(
  { onTrouble }: Pick<RunOptions, 'onTrouble'>,
  claim: CommandClaim,
  trouble: Trouble,
  timed: Timed,
): Settlement | undefined {
  onTrouble(trouble, claim)
  return givenBack(claim, trouble, timed)
}

/** @returns undefined: it counts as a failure, for it was refused long enough, or the command's own policy decides. */
export function whenRefused(
  claim: CommandClaim,
  handler: CommandHandler | undefined,
  thrown: unknown,
  timed: Timed,
): Settlement | undefined {
  return handler?.command.retry.retryable || !isRefusal(thrown) ? undefined : refused(claim, thrown, timed)
}

export function ended(outcome: 'success' | 'error' | 'cancelled'): Pick<Settlement, 'outcome' | 'final' | 'failed'> {
  return { outcome, final: true, failed: outcome === 'error' }
}

export function release(timed: Timed, message: string): Settlement {
  return {
    ...timed,
    outcome: 'released',
    final: false,
    failed: false,
    error: { class: 'Released', message, stack: null },
  }
}

/** The settlement of a failed attempt: when it is tried again and why then, or that it is not. */
export function failure(
  claim: CommandClaim,
  handler: CommandHandler | undefined,
  thrown: unknown,
  timed: Timed,
): Settlement {
  const error: AttemptError = attemptError(thrown)
  const counts = !isRejected(thrown) || thrown.countsAsFailure
  const failures = claim.failures + (counts ? 1 : 0)
  const next = handler && nextTry(handler.command.retry, failures, thrown)
  if (!next) return { ...timed, ...ended('error'), error }
  const wait = counts ? { delayMs: next.delayMs } : shortWait(claim, next.delayMs)
  return { ...timed, outcome: 'error', final: false, failed: counts, ...wait, why: next.why, error }
}

/** The service did what it was asked, and what was to follow cannot be: trying again would only ask it once more. */
export function acceptedButBad(thrown: unknown, timed: Timed, providerId: string | undefined): Settlement {
  return { ...timed, ...ended('error'), error: attemptError(thrown), effect: 'accepted', providerId }
}

/** Asked of whatever was thrown: a hostile Proxy throws at `instanceof`. */
export function isA<T>(error: unknown, type: new (...args: never[]) => T): error is T {
  try {
    return error instanceof type
  } catch {
    return false
  }
}

export function fromOutcome(
  claim: CommandClaim,
  handler: CommandHandler,
  outcome: Exclude<Outcome, { outcome: 'done' }>,
  timed: Timed,
): Settlement {
  const said = (kind: string): AttemptError => ({ class: kind, message: outcome.reason, stack: null })
  switch (outcome.outcome) {
    case 'cancel':
      return { ...timed, ...ended('cancelled'), error: said('Cancelled') }
    case 'discard':
      return { ...timed, ...ended('error'), error: said('Discarded') }
    case 'snooze':
      return {
        ...timed,
        outcome: 'snoozed',
        final: false,
        failed: false,
        ...shortWait(claim, outcome.delayMs),
        why: outcome.reason,
      }
    case 'unknown':
      return { ...timed, outcome: 'unknown', final: false, failed: false, error: said('Unknown') }
    case 'retry': {
      if (claim.failures + 1 >= handler.command.retry.attempts)
        return { ...timed, ...ended('error'), error: said('Retry') }
      const why = `the handler asked for ${outcome.delayMs} ms`
      return {
        ...timed,
        outcome: 'error',
        final: false,
        failed: true,
        delayMs: outcome.delayMs,
        why,
        error: said('Retry'),
      }
    }
  }
}

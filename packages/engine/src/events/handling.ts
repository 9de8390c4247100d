import { emptyNext, type NextJson } from '../commands/next-json.ts'
import { nextTry, type RetryPolicy } from '../commands/retry-policy.ts'
import { correctedNow } from '../definitions/uuid.ts'
import { type AttemptError, attemptError } from '../processor/attempt-error.ts'
import { nextAfterRefusal } from '../processor/give-back.ts'
import type { EventClaim } from './claim-events.ts'

/** What became of one handler of one claimed event. */
export interface Handling {
  readonly claim: EventClaim
  readonly handler: string
  /** `aside`: it has not ended, nothing is recorded and nothing counted; it gets a row of its own and is run apart. */
  readonly outcome: 'success' | 'error' | 'lost' | 'released' | 'aside'
  readonly final: boolean
  readonly failures: number
  readonly crashes: number
  readonly refusals: number
  readonly startedAtMs: number
  readonly ms: number
  readonly delayMs: number | undefined
  readonly why: string | undefined
  readonly error: AttemptError | undefined
  readonly next: NextJson
}

type Base = Pick<Handling, 'claim' | 'handler' | 'startedAtMs'>

/** Crashes after which an event's handlers end in error instead of taking down another daemon, or another session. */
export const CRASHES_MAX = 5

export function succeeded(base: Base, ms: number, next: NextJson): Handling {
  return { ...ended(base), outcome: 'success', ms, next }
}

export function failed(base: Base, thrown: unknown, ms: number, retry: RetryPolicy): Handling {
  const failures = base.claim.failures + 1
  const again = nextTry(retry, failures, thrown)
  return {
    ...ended(base),
    outcome: 'error',
    final: again === undefined,
    failures,
    crashes: 0, // it ended by itself
    ms,
    delayMs: again?.delayMs,
    why: again?.why,
    error: attemptError(thrown),
  }
}

/** Its data are nothing that this daemon's schema knows: a newer daemon may. Undefined: they were refused for long enough. */
export function refused(base: Base, thrown: unknown): Handling | undefined {
  const { failures, refusals } = base.claim
  const next = nextAfterRefusal(refusals)
  if (!next) return undefined
  const error = attemptError(thrown)
  return { ...ended(base), outcome: 'released', final: false, failures, refusals: refusals + 1, error, ...next }
}

/** Its connection was lost while it ran alone: that counts as a crash, and waits. */
export function lost(claim: EventClaim, handler: string, reason: unknown): Handling {
  const crashes = claim.crashes + 1
  const final = crashes >= CRASHES_MAX
  const { message } = attemptError(reason)
  const delayMs = 1_000 * 2 ** (crashes - 1) * (0.5 + Math.random() / 2)
  return {
    ...ended({ claim, handler, startedAtMs: correctedNow() }),
    outcome: final ? 'error' : 'lost',
    final,
    failures: claim.failures,
    crashes,
    refusals: claim.refusals,
    delayMs: final ? undefined : delayMs,
    why: final ? undefined : `lost ${crashes} of ${CRASHES_MAX} times → ${Math.round(delayMs)} ms`,
    error: {
      class: final ? 'CrashLoop' : 'ConnectionLost',
      message: final
        ? `${crashes} times its connection was lost, or a daemon died with it; it is not tried again. At last: ${message}`
        : message,
      stack: null,
    },
  }
}

export function crashLoop(claim: EventClaim, handler: string): Handling {
  const message = `${claim.crashes} times a daemon died or lost it with this event in flight; it is not tried again.`
  return {
    ...nobody(claim),
    handler,
    outcome: 'error',
    failures: claim.failures,
    error: { class: 'CrashLoop', message, stack: null },
  }
}

export function aside(claim: EventClaim, handler: string): Handling {
  return {
    ...nobody(claim),
    handler,
    outcome: 'aside',
    final: false,
    failures: claim.failures,
    refusals: claim.refusals,
  }
}

/** Nobody wants to hear of it. */
export function nobody(claim: EventClaim): Handling {
  return ended({ claim, handler: claim.handler, startedAtMs: correctedNow() })
}

function ended(base: Base): Handling {
  return {
    ...base,
    outcome: 'success',
    final: true,
    failures: 0,
    crashes: base.claim.crashes,
    refusals: 0,
    ms: 0,
    delayMs: undefined,
    why: undefined,
    error: undefined,
    next: emptyNext(),
  }
}

import { type Duration, milliseconds } from '../definitions/duration.ts'
import { letGo } from '../definitions/is-thenable.ts'
import { CascataError, type ErrorCode, hasCode } from '../errors.ts'
import { isRejected } from './rejected.ts'

/** Defaults outlive an outage of an hour: their waits sum to 5 hours on average, and to less than one of them never in practice. */
const DEFAULTS = { attempts: 20, backoff: 'exponential', base: '5s', cap: '1h', jitter: 'full' } as const

export interface RetryOptions {
  /** How often a command may fail before it ends in error; 1 = never retried. Default 20, over some 5 hours. */
  attempts?: number
  /** How the wait grows with each failure: not at all and at once, the same, base × n, base × 2^(n−1). Default exponential. */
  backoff?: 'none' | 'fixed' | 'linear' | 'exponential'
  /** First wait. Default 5 s. */
  base?: Duration
  /** Longest wait, but for a service that asks for up to a day. Default 1 h. */
  cap?: Duration
  /** `full`: anywhere between nothing and the wait, so that a crowd does not come back at once. Default full. */
  jitter?: 'none' | 'full'
  /**
   * Which errors are worth another try; a final `Rejected` is not, whatever it says. Default: all but `bad-data`,
   * `not-json` and `data-too-large`. Stored data that this daemon's schema refuses waits about ten minutes for a newer daemon, uncounted, unless
   * this is set: then it decides that too.
   */
  retryable?: (error: unknown) => boolean
}

export interface RetryPolicy {
  readonly attempts: number
  readonly backoff: 'none' | 'fixed' | 'linear' | 'exponential'
  readonly baseMs: number
  readonly capMs: number
  readonly jitter: 'none' | 'full'
  /** Undefined: not asked for. */
  readonly retryable: ((error: unknown) => boolean) | undefined
}

/** @throws CascataError `bad-option` for attempts outside 1–1,000, an unknown backoff or jitter, a base above the cap. */
export function retryPolicy(options: RetryOptions = {}): RetryPolicy {
  const policy: RetryPolicy = {
    attempts: options.attempts ?? DEFAULTS.attempts,
    backoff: options.backoff ?? DEFAULTS.backoff,
    baseMs: milliseconds(options.base ?? DEFAULTS.base),
    capMs: milliseconds(options.cap ?? DEFAULTS.cap),
    jitter: options.jitter ?? DEFAULTS.jitter,
    retryable: options.retryable,
  }
  const bad = (what: string, fix: string): never => {
    throw new CascataError('bad-option', what, { fix })
  }
  if (!Number.isInteger(policy.attempts) || policy.attempts < 1 || policy.attempts > 1_000)
    bad(`retry.attempts is ${policy.attempts}.`, 'use a whole number from 1 to 1,000.')
  if (!['none', 'fixed', 'linear', 'exponential'].includes(policy.backoff))
    bad(`retry.backoff is "${policy.backoff}".`, 'use none, fixed, linear or exponential.')
  if (!['none', 'full'].includes(policy.jitter)) bad(`retry.jitter is "${policy.jitter}".`, 'use none or full.')
  if (policy.baseMs > policy.capMs) bad('retry.base is above retry.cap.', 'raise the cap or lower the base.')
  return policy
}

/** A service may ask for no longer wait than this, or than the policy's cap where that is longer. */
const ASKED_MS_MAX = 86_400_000

export interface NextTry {
  readonly delayMs: number
  /** In words, for the attempt's row: why the next try is when it is. */
  readonly why: string
}

/**
 * When a command that has now failed `failures` times is tried again; undefined: it is not.
 * @param random 0 ≤ n < 1, for the jitter.
 */
export function nextTry(
  policy: RetryPolicy,
  failures: number,
  error: unknown,
  random: () => number = Math.random,
): NextTry | undefined {
  if (isRejected(error) && !error.retryable) return undefined
  if (failures >= policy.attempts || !isWanted(policy, error)) return undefined
  const n = Math.max(failures, 1)
  const grown = { none: 0, fixed: 1, linear: n, exponential: 2 ** (n - 1) }[policy.backoff] * policy.baseMs
  const capped = Math.min(grown, policy.capMs)
  const jittered = policy.jitter === 'full' ? capped * random() : capped
  const formula = {
    none: 'at once',
    fixed: `fixed ${policy.baseMs} ms`,
    linear: `linear ${policy.baseMs} ms × ${n}`,
    exponential: `exponential ${policy.baseMs} ms × 2^${n - 1}`,
  }[policy.backoff]
  const why = [
    formula,
    ...(grown > policy.capMs ? [`capped at ${policy.capMs} ms`] : []),
    ...(policy.jitter === 'full' && capped > 0 ? [`full jitter → ${Math.round(jittered)} ms`] : []),
  ]
  const asked = isRejected(error) ? askedMs(error) : undefined
  if (asked !== undefined && asked > jittered) {
    const waited = Math.min(asked, Math.max(policy.capMs, ASKED_MS_MAX))
    return { delayMs: waited, why: [...why, `the service asked for ${asked} ms → ${waited} ms`].join(', ') }
  }
  return { delayMs: jittered, why: why.join(', ') }
}

function isWanted({ retryable }: RetryPolicy, error: unknown): boolean {
  if (!retryable) return !['bad-data', 'not-json', 'data-too-large'].some((code) => hasCode(error, code as ErrorCode))
  try {
    const wanted = retryable(error)
    letGo(wanted)
    return wanted
  } catch {
    return true // a policy that throws must not lose the command
  }
}

/** Taken from an answer as it came: a text, NaN, a time that has passed. */
function askedMs({ retryAfterMs }: { retryAfterMs: unknown }): number | undefined {
  return typeof retryAfterMs === 'number' && Number.isFinite(retryAfterMs) && retryAfterMs > 0
    ? retryAfterMs
    : undefined
}

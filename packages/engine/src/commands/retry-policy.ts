import { type Duration, milliseconds } from '../definitions/duration.ts'
import { CascataError, hasCode } from '../errors.ts'
import { isRejected } from './rejected.ts'

export interface RetryOptions {
  /** How often a command may fail before it ends in error; 1 = never retried. Default 5. */
  attempts?: number
  /** How the wait grows with each failure: not at all and at once, the same, base × n, base × 2^(n−1). Default exponential. */
  backoff?: 'none' | 'fixed' | 'linear' | 'exponential'
  /** First wait. Default 5 s. */
  base?: Duration
  /** Longest wait. Default 1 h. */
  cap?: Duration
  /** `full`: anywhere between nothing and the wait, so that a crowd does not come back at once. Default full. */
  jitter?: 'none' | 'full'
  /** Which errors are worth another try. Default: all but bad stored data and a final `Rejected`. */
  retryable?: (error: unknown) => boolean
}

export interface RetryPolicy {
  readonly attempts: number
  readonly backoff: 'none' | 'fixed' | 'linear' | 'exponential'
  readonly baseMs: number
  readonly capMs: number
  readonly jitter: 'none' | 'full'
  readonly retryable: (error: unknown) => boolean
}

/** @throws CascataError `bad-option` for attempts outside 1–1,000, an unknown backoff or jitter, a base above the cap. */
export function retryPolicy(options: RetryOptions = {}): RetryPolicy {
  const policy: RetryPolicy = {
    attempts: options.attempts ?? 5,
    backoff: options.backoff ?? 'exponential',
    baseMs: milliseconds(options.base ?? '5s'),
    capMs: milliseconds(options.cap ?? '1h'),
    jitter: options.jitter ?? 'full',
    retryable: options.retryable ?? (() => true),
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
  if (hasCode(error, 'bad-data') || hasCode(error, 'not-json')) return undefined
  if (failures >= policy.attempts) return undefined
  let wanted: boolean
  try {
    wanted = policy.retryable(error)
  } catch {
    wanted = true // a policy that throws must not lose the command
  }
  if (!wanted) return undefined
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
  const asked = isRejected(error) ? error.retryAfterMs : undefined
  if (asked !== undefined && asked > jittered) {
    return { delayMs: asked, why: [...why, `the service asked for ${asked} ms → ${asked} ms`].join(', ') }
  }
  return { delayMs: jittered, why: why.join(', ') }
}

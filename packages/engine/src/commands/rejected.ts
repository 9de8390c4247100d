/** Known by this and not by its class: two copies of the library in one process have two classes. */
const MARK = Symbol.for('cascata.Rejected')

/** Asked of whatever was thrown: a hostile Proxy throws at every touch, or at one that comes later. */
export function isRejected(error: unknown): error is Rejected {
  try {
    const thrown = error as Rejected | null | undefined
    return thrown?.[MARK] === true && [thrown.retryable, thrown.retryAfterMs, thrown.countsAsFailure].length === 3
  } catch {
    return false
  }
}

/**
 * Thrown by an effect's handler (or by the client it calls) when the outside service certainly did *not* accept the
 * request: it said no, or no byte of the request left. Anything else that is thrown leaves the outcome unknown.
 */
export class Rejected extends Error {
  readonly [MARK] = true
  /** false: trying again cannot help (bad address, refused content). */
  readonly retryable: boolean
  /**
   * What the service asked for (`Retry-After`, 421 with a delay), in milliseconds, as it came: anything that is no length
   * of time is left aside, and nothing waits longer for it than the policy's cap or a day, whichever is longer.
   */
  readonly retryAfterMs: number | undefined
  /** false: the try does not count against the retry policy (a rate limit is not a failure of ours). */
  readonly countsAsFailure: boolean

  constructor(
    message: string,
    options: { retryable: boolean; retryAfterMs?: number; countsAsFailure?: boolean; cause?: unknown },
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'Rejected'
    this.retryable = options.retryable
    this.retryAfterMs = options.retryAfterMs
    this.countsAsFailure = options.countsAsFailure ?? true
  }
}

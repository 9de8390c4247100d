import { isConnectionLoss, isEndedForItsTime, isServerState } from './database-error.ts'

/** Deeper than anybody wraps errors, and an end for those that name each other. */
const CAUSES_MAX = 8

/** The calls that a socket's error names; those of files have nothing to do with the database. */
const OF_SOCKETS = new Set(['connect', 'read', 'write', 'getaddrinfo', 'shutdown'])

/**
 * Whether an error, or what caused it, says that the database could not be worked with: it is away, is starting or stopping,
 * lets nobody in, or has no disk or memory. An application answers 503 to it, and nobody is signed out for it.
 */
export function isOutage(error: unknown): boolean {
  return someCause(error, (each) => isLost(each) || isServerState(each))
}

/**
 * Whether an error, or what caused it, says that PostgreSQL ended a statement because it took too long: its time was over
 * (`statement_timeout`), somebody cancelled it, or a lock was not to be had in time (`lock_timeout`, `nowait`). An application
 * answers 503 to it: the same may succeed in a moment. Ask it before {@link isOutage}.
 */
export function isDatabaseTimeout(error: unknown): boolean {
  return someCause(error, isEndedForItsTime)
}

/** An outage in which the database does not even answer. */
export function isAway(error: unknown): boolean {
  return someCause(error, isLost)
}

function isLost(error: unknown): boolean {
  const { message, syscall } = (error ?? {}) as { message?: unknown; syscall?: unknown }
  if (typeof syscall === 'string' && !OF_SOCKETS.has(syscall)) return false
  return (
    isConnectionLoss(error) || (typeof message === 'string' && /^Query read timeout$|does not answer/.test(message))
  )
}

function someCause(thrown: unknown, is: (error: unknown) => boolean): boolean {
  let error = thrown
  for (let depth = 0; depth < CAUSES_MAX && typeof error === 'object' && error !== null; depth++) {
    // The error of a fetch is about whatever server was asked by HTTP.
    if (error instanceof TypeError) return false
    if (is(error)) return true
    error = (error as { cause?: unknown }).cause
  }
  return false
}

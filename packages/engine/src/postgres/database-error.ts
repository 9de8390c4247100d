import { CascataError, type ErrorCode } from '../errors.ts'

/** SQLSTATEs of class CA are raised by the library's own functions. */
const OWN: Record<string, { code: ErrorCode; fix: string }> = {
  CA001: { code: 'fenced', fix: 'nothing: whoever holds the claim now does the work.' },
  CA002: { code: 'transaction-ended', fix: 'do not COMMIT or ROLLBACK in a handler; return or throw instead.' },
  CA003: { code: 'clock-skew', fix: "repeat it: ids follow the database's clock from now on; and set this machine's." },
  CA004: { code: 'tenant-mismatch', fix: "save records of the transaction's own tenant only." },
  CA005: { code: 'batch-sealed', fix: 'create the batch with .open() and seal it after the last member.' },
  CA006: { code: 'not-found', fix: 'check the id and the tenant.' },
  CA007: { code: 'not-reprocessable', fix: 'wait until it has ended; a success is not repeated.' },
  CA008: { code: 'reprocess-open', fix: 'wait for the copy that is already under way.' },
  CA010: { code: 'stale-entity', fix: 'load the entity again, repeat the decision, and save.' },
  CA011: { code: 'not-undecided', fix: 'look at it again: somebody decided, or it was never held or parked.' },
  CA012: {
    code: 'isolation-level',
    fix: 'begin the transaction with isolation level read committed, or serializable.',
  },
}

/** The library's refusals as {@link CascataError}; every other error as it came. */
export function databaseError(error: unknown): unknown {
  const { code, message, schema } = (error ?? {}) as { code?: unknown; message?: string; schema?: unknown }
  const own = typeof code === 'string' ? OWN[code] : undefined
  if (own) return new CascataError(own.code, message ?? '', { fix: own.fix, cause: error })
  // Told by the routine, for the message is in the server's language; the application may have partitions of its own.
  if (code === '23514' && schema === 'cascata' && read(error, 'routine') === 'ExecFindPartition') {
    return new CascataError('no-partition', message ?? '', {
      fix: 'let a daemon run or call migrate(), which make the weeks ahead; or check the clock.',
      cause: error,
    })
  }
  return error
}

/** A lock was not to be had in time, or at once. */
export function isBlocked(error: unknown): boolean {
  return read(error, 'code') === '55P03'
}

/** A lock that was not to be had in time, as {@link CascataError}; every other error as it came. */
export function blocked(what: string, error: unknown): unknown {
  if (!isBlocked(error)) return error
  return new CascataError('blocked', `${what}: ${read(error, 'message')}.`, {
    fix: 'nothing if it is tried again; else end the session that holds the lock, see pg_locks and pg_blocking_pids().',
    cause: error,
  })
}

/** What succeeds when it is repeated: serialization failure, deadlock, lock not available, a plan that is out of date. */
export function isConflict(error: unknown): boolean {
  return ['40001', '40P01', '55P03'].includes(read(error, 'code') ?? '') || isStalePlan(error)
}

/** A migration changed the columns that a prepared statement returns. */
export function isStalePlan(error: unknown): boolean {
  return read(error, 'code') === '0A000' && read(error, 'routine') === 'RevalidateCachedQuery'
}

/** A trigger of the application's emits in a transaction that several commands share: for which of them must be said. */
export function isClaimUntold(error: unknown): boolean {
  return read(error, 'code') === 'CA009'
}

/**
 * The connection was lost or refused; whether a COMMIT in flight took effect is unknown. Of what a handler's transaction met
 * before its first statement, the place says more than this: see {@link Trouble}.
 */
export function isConnectionLoss(error: unknown): boolean {
  const code = read(error, 'code') ?? ''
  if (NETWORK.has(code)) return true
  // What ends a session is FATAL; an ERROR of these classes is another server's, of dblink or a foreign table.
  const severity = read(error, 'severity')
  if (severity === 'FATAL' || severity === 'PANIC') return true
  if (/^(08|28|57P0|53300$|25P0[34]$|3D000$)/.test(code)) return severity !== 'ERROR'
  return /^Connection terminated|^Client (?:has encountered a connection error|was closed)|^timeout e(?:xpired|xceeded)/.test(
    read(error, 'message') ?? '',
  )
}

const NETWORK = new Set([
  ...['ECONNRESET', 'ECONNREFUSED', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'ENOENT', 'EMFILE', 'ENFILE'],
  ...['EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN', 'EHOSTDOWN'],
])

/** The server said it, in whatever words; otherwise the connection ended without any. */
export function isFromServer(error: unknown): boolean {
  return read(error, 'severity') !== undefined
}

/**
 * The server has no disk, no memory, or may not write: an outage, whoever's statement met it. Not where a function of the
 * application raised the code, or passed on what another server said.
 */
export function isServerState(error: unknown): boolean {
  if (!['53000', '53100', '53200', '58030', '25006'].includes(read(error, 'code') ?? '')) return false
  return !isPassedOn(error)
}

/** The server ended a statement for its time, or its wait for a lock: query_canceled and lock_not_available. */
export function isEndedForItsTime(error: unknown): boolean {
  return ['57014', '55P03'].includes(read(error, 'code') ?? '') && !isPassedOn(error)
}

function isPassedOn(error: unknown): boolean {
  return /^(?:exec_stmt_raise|dblink_|pgfdw_)/.test(read(error, 'routine') ?? '')
}

/** What was thrown may be anything, and its getters may throw as well. */
function read(error: unknown, key: 'code' | 'message' | 'routine' | 'severity'): string | undefined {
  try {
    const value = (error as Record<string, unknown> | null | undefined)?.[key]
    return typeof value === 'string' ? value : undefined
  } catch {
    return undefined
  }
}

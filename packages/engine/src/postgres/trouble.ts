import type pg from 'pg'
import { isConnectionLoss, isFromServer } from './database-error.ts'

/**
 * What kept a transaction from its end, and is no failure of the handler that was given it. Told by its place, not by its
 * code: a sign-in that is refused, a database that is not there and a server that cannot fork are one thing to a handler
 * whose first statement was never answered.
 */
export interface Trouble {
  /** `outage`: it could not be worked with. `loss`: the session ended while the handler's transaction was open. */
  readonly kind: 'outage' | 'loss'
  readonly place: 'connecting' | 'beginning' | 'statement' | 'calling' | 'committing'
  readonly error: unknown
}

// When sessions were first used, and when the last of a pool was lost.
const usedSince = new WeakMap<pg.PoolClient, number>()
const lostAt = new WeakMap<pg.Pool, number>()
// Whose COMMIT got no answer: what was sent behind it, which may be the next transaction, was not reached.
const endedInCommit = new WeakSet<pg.PoolClient>()

export function firstUse(client: pg.PoolClient): void {
  if (!usedSince.has(client)) usedSince.set(client, performance.now())
}

export function commitUnanswered(client: pg.PoolClient): void {
  endedInCommit.add(client)
}

/**
 * What the first round trip of a transaction met.
 *
 * Its beginning is answered together with the handler's first statement, so that a session which ends without a word may
 * have ended before it, or by it. A crash, or a network that drops what it carries, ends many sessions in one incident: it
 * counts for whoever meets it first, and not again for those who meet a session from before it.
 */
export function troubleAtBeginning(pool: pg.Pool, client: pg.PoolClient, error: unknown): Trouble {
  const isSilent = isConnectionLoss(error) && !isFromServer(error)
  if (!isSilent) return { kind: 'outage', place: 'beginning', error }
  const isKnown = endedInCommit.has(client) || (usedSince.get(client) ?? 0) < (lostAt.get(pool) ?? 0)
  lostAt.set(pool, performance.now())
  return isKnown ? { kind: 'outage', place: 'beginning', error } : { kind: 'loss', place: 'statement', error }
}

/** The session ended behind the beginning of the handler's transaction. */
export function lossOf(pool: pg.Pool, error: unknown, place: 'statement' | 'committing' = 'statement'): Trouble {
  lostAt.set(pool, performance.now())
  return { kind: 'loss', place, error }
}

import { correctClock } from '../definitions/uuid.ts'
import { hasCode } from '../errors.ts'
import { databaseError } from './database-error.ts'

/**
 * What the database refused to a caller, as {@link databaseError}. Where it was for the clock that ids are made with, that
 * follows the database's from then on: a process that only serves requests learns of it in no other way.
 */
export function refusal(thrown: unknown): unknown {
  const error = databaseError(thrown)
  if (hasCode(error, 'clock-skew')) {
    const databaseMs = Number((error as { cause?: { detail?: unknown } }).cause?.detail)
    if (databaseMs > 0) correctClock(databaseMs - Date.now())
  }
  return error
}

import type pg from 'pg'
import { CascataError } from '../errors.ts'
import { runner } from '../postgres/pools.ts'
import { applyRetention as apply, type RetentionOptions } from './retention.ts'

/**
 * Once and now, what a daemon's `retention` does each hour: for a job of your own, or a database without a daemon.
 * @param pool of the role that owns the schema, or of the daemon's.
 * @returns how many weeks and commands went.
 * @throws CascataError `bad-option` for what is no pool, and for a duration that is none.
 */
export async function applyRetention(
  pool: pg.Pool,
  retention: RetentionOptions,
): Promise<{ weeks: number; commands: number }> {
  if (typeof pool?.query !== 'function') {
    throw new CascataError('bad-option', 'applyRetention was given no pool.', { fix: 'pass a pg.Pool.' })
  }
  return await apply({ control: pool, run: runner(false) }, retention)
}

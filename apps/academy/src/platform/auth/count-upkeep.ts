/** Counts, sessions and sign-ins whose time is over: deleted while others are counted. */
import type pg from 'pg'
import { KEPT_DAYS } from './sign-ins.ts'

const EVERY_MS = 10 * 60_000

/**
 * @param pool signed in as `academy_auth`.
 * @returns deletes what is old, at most once in ten minutes of this process.
 */
export function createCountUpkeep(pool: pg.Pool, now: () => number = Date.now): () => Promise<void> {
  let due = 0
  return async () => {
    if (now() < due) return
    due = now() + EVERY_MS
    // Rows that somebody counts in at this moment are left for the next time: waiting for them could be a circle.
    await pool.query(
      `delete from academy_auth.sign_in_failures where subject in
         (select subject from academy_auth.sign_in_failures where since < now() - interval '1 day' for update skip locked)`,
    )
    await pool.query(
      `delete from academy_auth.request_counts where subject in
         (select subject from academy_auth.request_counts where since < now() - interval '1 hour' for update skip locked)`,
    )
    await pool.query('delete from academy_auth.sessions where expires_at < now()')
    await pool.query("delete from academy_auth.sign_ins where at < now() - $1 * interval '1 day'", [KEPT_DAYS])
  }
}

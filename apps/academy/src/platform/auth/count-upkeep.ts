/** Counts, sessions, sign-ins and forgotten requests whose time is over: they go while others are counted. */
import { isOutage } from 'cascata'
import type pg from 'pg'
import { inPortions, PORTION, startUpkeep, type UpkeepSettings } from '../database/upkeep.ts'
import { KEPT_DAYS } from './sign-ins.ts'

const EVERY_MS = 10 * 60_000

/** Held by the process that is at it: two would remove the same rows, and one wait for the other. */
const UPKEEP_LOCK = 'academy.count-upkeep'

// Rows that somebody works with at this moment are left for the next time: waiting for them could be a circle.
const oldest = (table: string, key: string, since: string, kept: string, locked = ' for update skip locked') =>
  `with lock as materialized (select pg_try_advisory_xact_lock(hashtextextended('${UPKEEP_LOCK}', 0)) as is_ours),
   old as materialized (
     select ${key} from academy_auth.${table}
     where (select is_ours from lock) and ${since} < now() - interval '${kept}'
     order by ${since} limit ${PORTION}${locked})
   delete from academy_auth.${table} t using old where t.${key} = old.${key}`

const REMOVALS = [
  oldest('sign_in_failures', 'subject', 'since', '1 day'),
  oldest('request_counts', 'subject', 'since', '1 hour'),
  oldest('sessions', 'id', 'expires_at', '0'),
  // The role may not lock them, and nothing changes old ones.
  oldest('sign_ins', 'id', 'at', `${KEPT_DAYS} days`, ''),
  oldest('password_requests', 'id', 'created_at', '1 day'),
]

type Upkeep = Omit<UpkeepSettings, 'everyMs'> & { everyMs?: number }

/** @param pool signed in as `academy_auth`. */
export function startCountUpkeep(pool: pg.Pool, { everyMs = EVERY_MS, ...settings }: Upkeep): void {
  startUpkeep(() => forgetOldCounts(pool, settings), { ...settings, everyMs })
}

/**
 * A table that cannot be cleared keeps none of the others from it.
 * @throws an outage: the database answers for none of the others either.
 */
export async function forgetOldCounts(pool: pg.Pool, { closing, onError }: Omit<Upkeep, 'everyMs'>): Promise<void> {
  for (const removal of REMOVALS) {
    await inPortions(closing, async () => (await pool.query(removal)).rowCount ?? 0).catch((error: unknown) => {
      if (isOutage(error)) throw error
      onError(error)
    })
  }
}

/** Connections of the running application, one pool for each role that it signs in as. */
import pg from 'pg'
import { SettingError } from '../setting-error.ts'
import type { DatabaseUrls } from './prepare-database.ts'

export type Pools = { web: pg.Pool; auth: pg.Pool; console: pg.Pool; close(): Promise<void> }

export type PoolSettings = {
  /** Connections of the web role; the two others have at most a quarter each. */
  webMax?: number
  /**
   * After so long without an answer a statement is given up. Default 17,000, and 6,000 for the role of the console, which
   * reads the directory of institutions as well.
   */
  answerMs?: number
}

/** The server ends a statement before nobody waits for it any more. */
const SOONER_MS = 2_000
/** PostgreSQL and timers take no more. */
const ANSWER_MS_MAX = 2_147_483_647

/** @throws SettingError for an `answerMs` that leaves the server no time. */
export function openPools(
  urls: Pick<DatabaseUrls, 'web' | 'auth' | 'console'>,
  { webMax = 16, answerMs }: PoolSettings = {},
): Pools {
  if (answerMs !== undefined && !(Number.isInteger(answerMs) && answerMs > SOONER_MS && answerMs <= ANSWER_MS_MAX)) {
    throw new SettingError(
      'answerMs',
      String(answerMs),
      `use a whole number from ${SOONER_MS + 1} to ${ANSWER_MS_MAX}: the server ends a statement ${SOONER_MS} ms sooner, and to it 0 is no limit.`,
    )
  }
  const open = (url: string, max: number, limitMs: number) => {
    const pool = new pg.Pool({
      connectionString: url,
      max,
      application_name: 'academy-api',
      connectionTimeoutMillis: Math.min(10_000, limitMs),
      statement_timeout: limitMs - SOONER_MS,
      // The server would have ended the statement: it is the server that does not answer.
      query_timeout: limitMs,
      idle_in_transaction_session_timeout: 15_000,
    })
    // An idle connection that breaks is told of here, one in use by its queries; unheard, either would end the process.
    pool.on('error', () => {})
    pool.on('connect', (client) => void client.on('error', () => {}))
    return pool
  }
  const few = Math.max(2, Math.ceil(webMax / 4))
  const web = open(urls.web, webMax, answerMs ?? 17_000)
  const auth = open(urls.auth, few, answerMs ?? 17_000)
  const console = open(urls.console, few, answerMs ?? 6_000)
  return {
    web,
    auth,
    console,
    close: async () => {
      await Promise.all([web.end(), auth.end(), console.end()])
    },
  }
}

/** Sign-ins, tries included: kept for the owner of the account, who knows best what is strange. */
import type pg from 'pg'

export type Outcome = 'signed-in' | 'wrong-password' | 'wrong-code'

export type SignIn = { id: string; at: Date; outcome: Outcome; userAgent: string }

export const KEPT_DAYS = 30
/** The newest that succeeded, and as many that did not: no number of tries hides who came in. */
const SHOWN_MAX = 10
const USER_AGENT_LENGTH_MAX = 400

export type SignIns = ReturnType<typeof createSignIns>

/**
 * @param pool signed in as `academy_auth`.
 * @param onNotKept hears why one was not kept.
 */
export function createSignIns(pool: pg.Pool, onNotKept: (error: unknown) => void) {
  return {
    /**
     * Tries that are refused without a look at the password are not: there is no end to them. It never fails: a code that was
     * right is used up by then, and whoever signs in shall come in.
     */
    async keep(accountIds: readonly string[], outcome: Outcome, headers: Headers): Promise<void> {
      const userAgent = (headers.get('user-agent') ?? '').slice(0, USER_AGENT_LENGTH_MAX)
      await pool
        .query('insert into academy_auth.sign_ins (user_id, outcome, user_agent) select unnest($1::uuid[]), $2, $3', [
          accountIds,
          outcome,
          userAgent,
        ])
        .catch(onNotKept)
    },

    /** The newest first. */
    async of(accountId: string): Promise<SignIn[]> {
      const { rows } = await pool.query<SignIn>(
        `select id, at, outcome, user_agent as "userAgent" from (
           select *, row_number() over (partition by outcome = 'signed-in' order by at desc, id) as place
           from academy_auth.sign_ins where user_id = $1 and at > now() - $2 * interval '1 day'
         ) kept where place <= $3 order by at desc, id`,
        [accountId, KEPT_DAYS, SHOWN_MAX],
      )
      return rows
    },
  }
}

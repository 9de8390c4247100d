/** Sign-ins, tries included: kept for the owner of the account, who knows best what is strange. */
import type pg from 'pg'

export type Outcome = 'signed-in' | 'wrong-password' | 'wrong-code'

export type SignIn = { id: string; at: Date; outcome: Outcome; userAgent: string }

export const KEPT_DAYS = 30
const SHOWN_MAX = 20
const USER_AGENT_LENGTH_MAX = 400

export type SignIns = ReturnType<typeof createSignIns>

/** @param pool signed in as `academy_auth`. */
export function createSignIns(pool: pg.Pool) {
  return {
    /** Tries that are refused without a look at the password are not: there is no end to them. */
    async keep(accountIds: readonly string[], outcome: Outcome, headers: Headers): Promise<void> {
      await pool.query(
        'insert into academy_auth.sign_ins (user_id, outcome, user_agent) select unnest($1::uuid[]), $2, $3',
        [accountIds, outcome, (headers.get('user-agent') ?? '').slice(0, USER_AGENT_LENGTH_MAX)],
      )
    },

    /** The newest first. */
    async of(accountId: string): Promise<SignIn[]> {
      const { rows } = await pool.query<SignIn>(
        `select id, at, outcome, user_agent as "userAgent" from academy_auth.sign_ins
         where user_id = $1 and at > now() - $2 * interval '1 day' order by at desc, id limit $3`,
        [accountId, KEPT_DAYS, SHOWN_MAX],
      )
      return rows
    },
  }
}

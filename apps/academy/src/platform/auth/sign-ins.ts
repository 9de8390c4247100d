/** Sign-ins, tries included: kept for the owner of the account, who knows best what is strange. */
import type pg from 'pg'
import type { SignInCookie } from './sign-in-cookie.ts'

export type Outcome = 'signed-in' | 'wrong-password' | 'no-code' | 'wrong-code'

export type SignIn = { id: string; at: Date; outcome: Outcome; userAgent: string }

export const KEPT_DAYS = 30
/** The newest of each outcome: no number of tries of one kind hides those of another, or who came in. */
const SHOWN_MAX = 10
/** Of one account in 24 hours. No guard counts right passwords, so that nothing else sets their rows an end. */
export const NO_CODE_MAX = 20
const USER_AGENT_LENGTH_MAX = 400

export type SignIns = ReturnType<typeof createSignIns>

/**
 * @param pool signed in as `academy_auth`.
 * @param onNotKept hears why one was not kept.
 */
export function createSignIns(pool: pg.Pool, cookie: SignInCookie, onNotKept: (error: unknown) => void) {
  // Nothing here fails: a code that was right is used up by then, and whoever signs in shall come in.
  const write = async (sql: string, values: unknown[]) =>
    pool.query<{ id: string }>(sql, values).catch((error: unknown) => {
      onNotKept(error)
      return { rows: [] }
    })
  return {
    /** Tries that are refused without a look at the password are not kept: there is no end to them. */
    async wrong(accountIds: readonly string[], outcome: 'wrong-password' | 'wrong-code', headers: Headers) {
      await write(
        'insert into academy_auth.sign_ins (user_id, outcome, user_agent) select unnest($1::uuid[]), $2, $3',
        [accountIds, outcome, userAgentIn(headers)],
      )
    },

    /**
     * The password was right, and the account asks for a code.
     * @returns the `Set-Cookie` line by which `signedIn` finds the row again; none where there are too many.
     */
    async noCode(accountId: string, headers: Headers): Promise<string | undefined> {
      const { rows } = await write(
        `insert into academy_auth.sign_ins (user_id, outcome, user_agent)
         select $1, 'no-code', $2 where $3 > (
           select count(*) from academy_auth.sign_ins
           where user_id = $1 and outcome = 'no-code' and at > now() - interval '24 hours')
         returning id`,
        [accountId, userAgentIn(headers), NO_CODE_MAX],
      )
      return rows[0] && cookie.line(rows[0].id)
    },

    /** Takes the place of the row of its own first step. */
    async signedIn(accountId: string, headers: Headers): Promise<void> {
      await write(
        `with first_step as (
           delete from academy_auth.sign_ins where id = $3 and user_id = $1 and outcome = 'no-code'
         )
         insert into academy_auth.sign_ins (user_id, outcome, user_agent) values ($1, 'signed-in', $2)`,
        [accountId, userAgentIn(headers), cookie.idIn(headers.get('cookie')) ?? null],
      )
    },

    /** The newest first. */
    async of(accountId: string): Promise<SignIn[]> {
      const { rows } = await pool.query<SignIn>(
        `select id, at, outcome, user_agent as "userAgent" from (
           select *, row_number() over (partition by outcome order by at desc, id) as place
           from academy_auth.sign_ins where user_id = $1 and at > now() - $2 * interval '1 day'
         ) kept where place <= $3 order by at desc, id`,
        [accountId, KEPT_DAYS, SHOWN_MAX],
      )
      return rows
    },
  }
}

const userAgentIn = (headers: Headers) => (headers.get('user-agent') ?? '').slice(0, USER_AGENT_LENGTH_MAX)

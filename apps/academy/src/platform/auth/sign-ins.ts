/** Sign-ins, tries included: kept for the owner of the account, who knows best what is strange. */
import type pg from 'pg'
import type { SignInCookie } from './sign-in-cookie.ts'

export type Outcome = 'signed-in' | 'wrong-password' | 'no-code' | 'wrong-code'

export type SignIn = { id: string; at: Date; outcome: Outcome; userAgent: string }

export const KEPT_DAYS = 30
/** The newest of each outcome: no number of tries of one kind hides those of another, or who came in. */
const SHOWN_MAX = 10
/** Rows that an account keeps, the newest. No guard counts right passwords, so that nothing else sets an end to them. */
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
  /** One sign-in is one row: it takes the place of the first step that the browser's cookie names, and of no other. */
  const inPlaceOfFirstStep = async (accountId: string, outcome: Outcome, headers: Headers) => {
    const { rows } = await write(
      `with first_step as (
         delete from academy_auth.sign_ins where id = $4 and user_id = $1 and outcome = 'no-code'
       )
       insert into academy_auth.sign_ins (user_id, outcome, user_agent) values ($1, $2, $3) returning id`,
      [accountId, outcome, userAgentIn(headers), cookie.idIn(headers.get('cookie')) ?? null],
    )
    return rows[0]?.id
  }
  return {
    /** Tries that are refused without a look at the password are not kept: there is no end to them. */
    async wrongPassword(accountIds: readonly string[], headers: Headers): Promise<void> {
      await write(
        `insert into academy_auth.sign_ins (user_id, outcome, user_agent)
         select unnest($1::uuid[]), 'wrong-password', $2`,
        [accountIds, userAgentIn(headers)],
      )
    },

    /**
     * The password was right, and the account asks for a code. The newest `NO_CODE_MAX` of these rows are kept.
     * @returns the `Set-Cookie` line by which the next step finds the row again; none where it could not be kept.
     */
    async noCode(accountId: string, headers: Headers): Promise<string | undefined> {
      const id = await inPlaceOfFirstStep(accountId, 'no-code', headers)
      // A statement of its own: whichever of several at once ends last sees the rows of all.
      await write(
        `delete from academy_auth.sign_ins where id in (
           select id from academy_auth.sign_ins where user_id = $1 and outcome = 'no-code'
           order by at desc, id offset $2)`,
        [accountId, NO_CODE_MAX],
      )
      return id && cookie.line(id)
    },

    /** The cookie stays as it is: it names no row from then on. */
    async wrongCode(accountId: string, headers: Headers): Promise<void> {
      await inPlaceOfFirstStep(accountId, 'wrong-code', headers)
    },

    async signedIn(accountId: string, headers: Headers): Promise<void> {
      await inPlaceOfFirstStep(accountId, 'signed-in', headers)
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

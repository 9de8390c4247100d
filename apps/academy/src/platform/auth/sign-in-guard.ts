/**
 * Slows down the guessing of passwords. Failures are counted three ways, so that neither a stranger can lock somebody
 * out from afar nor one careless student a campus behind one address: for an account from one address, for an account
 * from anywhere, and for an address. A correct password clears the first two.
 */
import { createHash } from 'node:crypto'
import type pg from 'pg'

const WINDOW_MINUTES = 15
export const FAILURES_MAX = { accountFromAddress: 8, account: 60, address: 400 } as const

const hash = (text: string) => createHash('sha256').update(text).digest('base64url')

const subjectsOf = (email: string, address: string) => {
  const account = email.trim().toLowerCase()
  return [
    { subject: `both:${hash(`${account} ${address}`)}`, max: FAILURES_MAX.accountFromAddress },
    { subject: `account:${hash(account)}`, max: FAILURES_MAX.account },
    { subject: `address:${hash(address)}`, max: FAILURES_MAX.address },
  ]
}

export type SignInGuard = ReturnType<typeof createSignInGuard>

export const createSignInGuard = (pool: pg.Pool) => ({
  /** Seconds until another try is allowed; undefined when it is allowed now. */
  async waitSeconds(email: string, address: string): Promise<number | undefined> {
    const subjects = subjectsOf(email, address)
    const { rows } = await pool.query<{ seconds: number | null }>(
      `select max(ceil(extract(epoch from f.since + interval '${WINDOW_MINUTES} minutes' - now())))::int as seconds
       from academy_auth.sign_in_failures f
       join unnest($1::text[], $2::int[]) as s(subject, max) on s.subject = f.subject
       where f.failures >= s.max and f.since > now() - interval '${WINDOW_MINUTES} minutes'`,
      [subjects.map(({ subject }) => subject), subjects.map(({ max }) => max)],
    )
    return rows[0]?.seconds ?? undefined
  },

  async failed(email: string, address: string): Promise<void> {
    // In the order of the subjects, so that two requests never wait for each other in a circle.
    await pool.query(
      `insert into academy_auth.sign_in_failures as f (subject, failures)
       select subject, 1 from unnest($1::text[]) subject order by subject
       on conflict (subject) do update set
         failures = case when f.since > now() - interval '${WINDOW_MINUTES} minutes' then f.failures + 1 else 1 end,
         since = case when f.since > now() - interval '${WINDOW_MINUTES} minutes' then f.since else now() end`,
      [subjectsOf(email, address).map(({ subject }) => subject)],
    )
  },

  async succeeded(email: string, address: string): Promise<void> {
    const own = subjectsOf(email, address).slice(0, 2)
    await pool.query(
      `delete from academy_auth.sign_in_failures
       where subject = any($1) or since < now() - interval '${WINDOW_MINUTES} minutes'`,
      [own.map(({ subject }) => subject)],
    )
  },
})

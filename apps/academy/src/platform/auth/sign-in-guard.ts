/**
 * Slows down the guessing of passwords and of codes, without locking anybody out. A try is counted before it is verified, in
 * one statement, so that of many at once no more are verified than of as many in a row; a right one is given back. What is
 * counted, and why nobody can use it against others: docs/decisions/0023.
 */
import { createHash } from 'node:crypto'
import type pg from 'pg'

/** Wrong tries after which no further one is verified. */
export const FAILURES_MAX = {
  /** For one account from one network, or on one device that it knows, in `PAIR_MINUTES`. */
  pair: 8,
  /** For one account from wherever it is not known, in `TOTAL_HOURS`. */
  account: 100,
  /** For the codes of one account on all devices that know it by a password or a link alone, in `TOTAL_HOURS`. */
  devices: 20,
  /** From one network for whatever accounts, in `TOTAL_HOURS`. */
  network: 2_000,
} as const
const PAIR_MINUTES = 15
export const TOTAL_HOURS = 24

export type Try = {
  /** The address that is typed, or another name of the account. */
  account: string
  /** As `networkOf` gives it. */
  network: string
  /** Of a device on which this account has signed in before. */
  device: string | undefined
  /** The device has shown no code: it counts together with all others of the account that have not. Links make many. */
  devicesTogether?: boolean
}

export type Verdict =
  | {
      is: 'allowed'
      /** It was right: what was counted for this account here is forgotten. */
      right: () => Promise<void>
      /** It could not be verified. */
      undo: () => Promise<void>
    }
  | { is: 'locked'; seconds: number }
  /** Guessed at from many places, or from a place that guesses at many: the owner comes in by a link, or on a known device. */
  | { is: 'proof-needed' }

export type SignInGuard = ReturnType<typeof createSignInGuard>

const hash = (text: string) => createHash('sha256').update(text).digest('base64url')

/** Guesses elsewhere do not bring the owner of a known device a wait. */
function subjectsOf({ account, network, device, devicesTogether = false }: Try) {
  const name = account.trim().toLowerCase()
  if (device !== undefined) {
    const together = { subject: `devices:${hash(name)}`, max: FAILURES_MAX.devices }
    return { pair: `device:${hash(`${name} ${device}`)}`, totals: devicesTogether ? [together] : [] }
  }
  return {
    pair: `both:${hash(`${name} ${network}`)}`,
    totals: [
      { subject: `account:${hash(name)}`, max: FAILURES_MAX.account },
      { subject: `address:${hash(network)}`, max: FAILURES_MAX.network },
    ],
  }
}

// The pair is counted first and alone decides whether the totals are: tries that are refused would otherwise bring an account
// to its total from one place. Its row is locked before theirs, and theirs in one order, so no two wait in a circle.
const RESERVE = `
  with pair as (
    insert into academy_auth.sign_in_failures as f (subject, failures) values ($1, 1)
    on conflict (subject) do update set
      failures = case when f.since > now() - interval '${PAIR_MINUTES} minutes' then least(f.failures, $2) + 1 else 1 end,
      since = case when f.since > now() - interval '${PAIR_MINUTES} minutes' then f.since else now() end
    returning failures, ceil(extract(epoch from since + interval '${PAIR_MINUTES} minutes' - now()))::int as seconds
  ), totals as (
    insert into academy_auth.sign_in_failures as f (subject, failures)
    select subject, 1 from pair cross join unnest($3::text[]) subject where pair.failures <= $2 order by subject
    on conflict (subject) do update set
      failures = case when f.since > now() - interval '${TOTAL_HOURS} hours' then f.failures + 1 else 1 end,
      since = case when f.since > now() - interval '${TOTAL_HOURS} hours' then f.since else now() end
    returning subject, failures
  )
  select pair.failures > $2 as locked, pair.seconds,
    exists (select from totals t join unnest($3::text[], $4::int[]) as s(subject, max) using (subject)
            where t.failures > s.max) as exceeded
  from pair`

/** @param pool signed in as `academy_auth`. */
export function createSignInGuard(pool: pg.Pool) {
  const giveBack = async (subject: string) => {
    await pool.query(
      'update academy_auth.sign_in_failures set failures = greatest(failures - 1, 0) where subject = $1',
      [subject],
    )
  }
  return {
    /** Counts a try as a wrong one. Whoever verifies it says afterwards if it was right, or could not be verified. */
    async reserve(tried: Try): Promise<Verdict> {
      const { pair, totals } = subjectsOf(tried)
      const { rows } = await pool.query<{ locked: boolean; seconds: number; exceeded: boolean }>({
        name: 'academy-reserve-try',
        text: RESERVE,
        values: [pair, FAILURES_MAX.pair, totals.map(({ subject }) => subject), totals.map(({ max }) => max)],
      })
      const [row] = rows
      if (!row) throw new Error('A try was not counted.')
      if (row.locked) return { is: 'locked', seconds: Math.max(1, row.seconds) }
      if (row.exceeded) return { is: 'proof-needed' }
      const giveBackTotals = async () => {
        for (const { subject } of totals) await giveBack(subject)
      }
      return {
        is: 'allowed',
        right: async () => {
          await pool.query('delete from academy_auth.sign_in_failures where subject = $1', [pair])
          await giveBackTotals()
        },
        undo: async () => {
          await giveBack(pair)
          await giveBackTotals()
        },
      }
    },
  }
}

/** What may be done with accounts before anybody has signed in: links for a choice of password, and limits on asking. */
import { createHash } from 'node:crypto'
import { uuidv7 } from 'cascata'
import type pg from 'pg'
import { inTransaction } from '../database/in-transaction.ts'
import { type Accounts, type PasswordLink, type RequestLimit, wait } from '../http/route.ts'
import type { SecurityLog } from './security-log.ts'

const WINDOW = "interval '1 hour'"

const hash = (text: string) => createHash('sha256').update(text).digest('base64url')

type Row = {
  id: string
  user_id: string
  purpose: 'invitation' | 'reset'
  used: boolean
  revoked: boolean
  expired: boolean
  institution_id: string
  access_version: number
  has_authenticator: boolean
  name: string
  email: string
}

const meaningOf = (row: Row | undefined): PasswordLink => {
  if (!row || row.revoked) return { is: 'unknown' }
  if (row.used) return { is: 'used' }
  if (row.expired) return { is: 'expired' }
  const { user_id: userId, institution_id: institutionId, access_version: accessVersion, name, email, purpose } = row
  const hasAuthenticator = row.has_authenticator
  return { is: 'open', userId, institutionId, accessVersion, hasAuthenticator, name, email, purpose }
}

const LINK = `
  select t.id, t.user_id, t.purpose, t.used_at is not null as used, t.revoked_at is not null as revoked, t.expires_at <= now() as expired, u.name, u.email,
    u.institution_id, u.access_version,
    exists (select from academy_auth.authenticators a where a.user_id = u.id and a.confirmed_at is not null) as has_authenticator
  from academy_auth.password_tokens t join academy_auth.users u on u.id = t.user_id
  where t.token_hash = $1`

/** @param pool signed in as `academy_auth`. */
export function createAccountsService(
  pool: pg.Pool,
  hashPassword: Accounts['hashPassword'],
  record: SecurityLog,
): Accounts {
  return {
    hashPassword,

    async limit(limits: readonly RequestLimit[]) {
      const subjects = limits.map((limit) => ({ ...limit, subject: hash(limit.subject), cost: limit.cost ?? 1 }))
      // In the order of the subjects, so that two requests never wait for each other in a circle.
      const { rows } = await pool.query<{ subject: string; count: number; seconds: number }>(
        `insert into academy_auth.request_counts as c (subject, count)
         select subject, cost from unnest($1::text[], $2::int[]) as s(subject, cost) order by subject
         on conflict (subject) do update set
           count = case when c.since > now() - ${WINDOW} then c.count + excluded.count else excluded.count end,
           since = case when c.since > now() - ${WINDOW} then c.since else now() end
         returning subject, count, ceil(extract(epoch from since + ${WINDOW} - now()))::int as seconds`,
        [subjects.map(({ subject }) => subject), subjects.map(({ cost }) => cost)],
      )
      const reached = rows.filter(({ subject, count }) =>
        subjects.some((limit) => limit.subject === subject && count > limit.max),
      )
      if (reached.length === 0) return undefined
      return wait(Math.max(...reached.map(({ seconds }) => seconds)))
    },

    async readPasswordLink(token) {
      const { rows } = await pool.query<Row>(LINK, [token])
      return meaningOf(rows[0])
    },

    async choosePassword(token, password) {
      const { rows: known } = await pool.query<Row>(LINK, [token])
      const found = meaningOf(known[0])
      // A link that opens nothing costs no hash; whether this one still does is decided below, under its lock.
      if (found.is !== 'open') return found
      const hashed = await hashPassword(password)
      const link = await inTransaction(pool, 'begin', async (client) => {
        // The account before its links, as a correction of its address does: otherwise the two could wait for each other.
        await client.query('select from academy_auth.users where id = $1 for update', [found.userId])
        const { rows } = await client.query<Row>(`${LINK} for update of t`, [token])
        let link = meaningOf(rows[0])
        if (link.is === 'open') {
          // Whatever other links the person was sent end with this one, and so does whoever is signed in as them.
          await client.query(
            'update academy_auth.password_tokens set used_at = now() where user_id = $1 and used_at is null',
            [link.userId],
          )
          await client.query('delete from academy_auth.sessions where user_id = $1 or opened_by = $1', [link.userId])
          const access = await client.query<{ access_version: number }>(
            'update academy_auth.users set access_version = access_version + 1 where id = $1 returning access_version',
            [link.userId],
          )
          link = { ...link, accessVersion: access.rows[0]?.access_version ?? link.accessVersion }
          const changed = await client.query(
            `update academy_auth.accounts set password = $2, updated_at = now()
             where user_id = $1 and provider_id = 'credential'`,
            [link.userId, hashed],
          )
          if (changed.rowCount === 0) {
            await client.query(
              `insert into academy_auth.accounts (id, user_id, account_id, provider_id, password)
               values ($1, $2::uuid, $2::uuid::text, 'credential', $3)`,
              [uuidv7(), link.userId, hashed],
            )
          }
        }
        return link
      })
      if (link.is === 'open') record('password-chosen-by-link', { accountIds: [link.userId] })
      return link
    },
  }
}

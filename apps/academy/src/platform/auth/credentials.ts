/**
 * Whom an address and a password open. An address may have an account at several institutions, each with a password of its
 * own: the password decides. A wrong one is compared as often whatever number of accounts there is, one after another, so
 * that neither the answer nor its time tells who has an account, or how many.
 */
import type pg from 'pg'

/** Those whose passwords were chosen last. A further account is entered by the link for a forgotten password. */
export const ACCOUNTS_MAX = 3

export type Opened = { userId: string; institutionId: string; accessVersion: number }

/** The accounts that were opened, of those whose passwords were compared. */
export type Compared = { opened: Opened[]; accountIds: string[] }

export type Passwords = {
  hash: (password: string) => Promise<string>
  verify: (given: { hash: string; password: string }) => Promise<boolean>
}

type Row = { user_id: string; institution_id: string; access_version: number; password: string }

/** @param pool signed in as `academy_auth`. */
export function createCredentials(pool: pg.Pool, passwords: () => Promise<Passwords>) {
  let decoy: Promise<string> | undefined

  return {
    /** @param institutionId the one that was chosen where the password had opened several. */
    async opened(email: string, password: string, institutionId?: string): Promise<Compared> {
      const { hash, verify } = await passwords()
      decoy ??= hash('nobody has this password')
      const nobody = await decoy
      const { rows } = await pool.query<Row>(
        `select u.id as user_id, u.institution_id, u.access_version, a.password
         from academy_auth.users u
         join academy_auth.accounts a on a.user_id = u.id and a.provider_id = 'credential'
         where u.email = $1 and a.password is not null and ($2::uuid is null or u.institution_id = $2)
         order by a.updated_at desc, u.id limit $3`,
        [email, institutionId ?? null, ACCOUNTS_MAX],
      )
      const opened: Opened[] = []
      for (const row of rows) {
        if (await verify({ hash: row.password, password })) {
          opened.push({ userId: row.user_id, institutionId: row.institution_id, accessVersion: row.access_version })
        }
      }
      const accountIds = rows.map((row) => row.user_id)
      if (opened.length > 0) return { opened, accountIds }
      for (let i = rows.length; i < ACCOUNTS_MAX; i++) await verify({ hash: nobody, password })
      return { opened, accountIds }
    },
  }
}

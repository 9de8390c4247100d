/** Somebody who lost the authenticator app and every recovery code is let in again by whoever has the server. */
import type { Tx } from 'cascata'
import type { SecurityLog } from '../../../platform/auth/security-log.ts'
import type { Pools } from '../../../platform/database/pools.ts'
import { withTenant } from '../../../platform/database/with-tenant.ts'
import type { SecretBox } from '../../../platform/secret-box/secret-box.ts'
import { tellOfAuthenticator } from '../authenticator/authenticator.commands.ts'
import { contactOf } from '../contact.queries.ts'
import { linkForPassword } from './link-for-password.ts'

type Given = { pools: Pick<Pools, 'web' | 'auth'>; secretBox: SecretBox; record: SecurityLog }
type Account = { id: string; institutionId: string }

export type LetIn = { institution: string; token: string }

/**
 * The password goes with the authenticator: whoever has guessed or stolen it would come in by it alone.
 * @param address of an administrator, or of anybody at an institution. Each of its accounts that has an authenticator is let in.
 * @returns the token of a link for a choice of password for each: good once, for a day.
 * @throws Error where the address has no account with an authenticator.
 */
export async function letInWithoutAuthenticator(given: Given, address: string): Promise<LetIn[]> {
  const { rows: accounts } = await given.pools.auth.query<Account>(
    `select u.id, u.institution_id as "institutionId"
     from academy_auth.users u join academy_auth.authenticators a on a.user_id = u.id
     where u.email = $1 and a.confirmed_at is not null order by u.id`,
    [address.trim().toLowerCase()],
  )
  if (accounts.length === 0) {
    throw new Error(
      `"${address}" has no account with an authenticator. Fix: correct the address, or leave --without-authenticator out.`,
    )
  }
  const letIn: LetIn[] = []
  for (const account of accounts) letIn.push(await letInOne(given, account))
  return letIn
}

async function letInOne({ pools, secretBox, record }: Given, account: Account): Promise<LetIn> {
  const done = await withTenant(pools.web, account, async (tx) => {
    const contact = await contactOf(tx, account.institutionId, account.id)
    await tellOfAuthenticator(tx, account, 'off-by-operator')
    const token = await withTenant(pools.auth, account, async (auth) => {
      await endAccess(auth, account)
      return linkForPassword(auth, secretBox, account.id)
    })
    return { institution: contact?.institution ?? '', token }
  })
  record('authenticator-off', { accountIds: [account.id] })
  return done
}

async function endAccess(tx: Tx, { id }: Account): Promise<void> {
  await tx.query(
    'update academy_auth.users set access_version = access_version + 1, updated_at = now() where id = $1',
    [id],
  )
  await tx.query('delete from academy_auth.authenticators where user_id = $1', [id])
  await tx.query('update academy_auth.accounts set password = null, updated_at = now() where user_id = $1', [id])
  await tx.query('delete from academy_auth.sessions where user_id = $1 or opened_by = $1', [id])
}

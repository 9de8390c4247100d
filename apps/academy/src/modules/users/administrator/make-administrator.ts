/** The administrator of an installation: the one account that no page makes. */
import { SINGLE_TENANT, uuidv7 } from 'cascata'
import type { Pools } from '../../../platform/database/pools.ts'
import { withTenant } from '../../../platform/database/with-tenant.ts'
import { email } from '../../../platform/http/fields.ts'
import type { SecretBox } from '../../../platform/secret-box/secret-box.ts'
import { linkForPassword } from './link-for-password.ts'

type Given = { pools: Pick<Pools, 'web' | 'auth'>; secretBox: SecretBox }

/**
 * @param address of who is to be administrator; somebody who is one already gets another link.
 * @returns the token of a link for a choice of password: good once, for a day. Links that were given before are over.
 * @throws Error that says what is wrong with the address.
 */
export async function makeAdministrator({ pools, secretBox }: Given, address: string): Promise<string> {
  const parsed = email.safeParse(address)
  if (!parsed.success) {
    throw new Error(`"${address}" is no e-mail address. Fix: give one, such as you@school.example.`)
  }
  const userId = await createAccount(pools, parsed.data)
  return withTenant(pools.auth, { institutionId: SINGLE_TENANT }, (tx) => linkForPassword(tx, secretBox, userId))
}

/** The person and the account lie in two schemas of two roles; a try that was cut off between them is completed by the next. */
async function createAccount({ web, auth }: Given['pools'], address: string): Promise<string> {
  const id = await withTenant(web, { institutionId: SINGLE_TENANT }, async (tx) => {
    const { rows } = await tx.query<{ id: string }>(
      'select id from academy.users where institution_id = $1 and email = $2',
      [SINGLE_TENANT, address],
    )
    if (rows[0]) return rows[0].id
    const made = uuidv7()
    await tx.query(
      `insert into academy.users (institution_id, id, name, email, role, locale)
       values ($1, $2, $3, $3, 'administrator', 'pt-BR')`,
      [SINGLE_TENANT, made, address],
    )
    return made
  })
  const { rows } = await auth.query(
    `with made as (
       insert into academy_auth.users (id, name, email, email_verified, institution_id, role)
       values ($1, $2, $2, true, $3, 'administrator') on conflict do nothing returning id
     )
     select id from made union select id from academy_auth.users where id = $1`,
    [id, address, SINGLE_TENANT],
  )
  if (rows.length === 0) throw new Error(`${address} has another account. Fix: give an address that has none yet.`)
  return id
}

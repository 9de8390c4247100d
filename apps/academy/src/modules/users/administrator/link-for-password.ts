import { type Tx, uuidv7 } from 'cascata'
import { linkToken, tokenHash } from '../../../platform/auth/link-token.ts'
import type { SecretBox } from '../../../platform/secret-box/secret-box.ts'

const LINK_HOURS = 24

/**
 * @param tx of the role `academy_auth`.
 * @returns the token of a link for a choice of password: good once, for a day. Links that were given before are over.
 */
export async function linkForPassword(tx: Tx, secretBox: SecretBox, userId: string): Promise<string> {
  const id = uuidv7()
  const token = linkToken(secretBox, id)
  await tx.query(
    `with over as (
       update academy_auth.password_tokens set used_at = now() where user_id = $2 and used_at is null
     )
     insert into academy_auth.password_tokens (id, user_id, purpose, token_hash, expires_at)
     values ($1, $2, 'invitation', $3, now() + $4 * interval '1 hour')`,
    [id, userId, tokenHash(token), LINK_HOURS],
  )
  return token
}

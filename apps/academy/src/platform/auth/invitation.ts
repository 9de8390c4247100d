/** The link by which a new person chooses a password: it works once, for a while. */
import type { EffectContext } from 'cascata'
import { linkToken, tokenHash } from './link-token.ts'
import '../../services.ts'

export const INVITATION_DAYS = 7

/** Made from the command's key, so that another try sends the same link, and the time that it is good for is not prolonged. */
export async function issueInvitation(
  { db, key, secretBox, publicUrl }: EffectContext,
  userId: string,
): Promise<string> {
  const token = linkToken(secretBox, key)
  await db.query(`select academy_auth.issue_password_token($1, $2, 'invitation', $3, now() + $4 * interval '1 day')`, [
    key,
    userId,
    tokenHash(token),
    INVITATION_DAYS,
  ])
  return `${publicUrl}/app/choose-password?token=${token}`
}

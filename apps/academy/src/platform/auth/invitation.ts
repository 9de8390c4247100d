/** The link by which somebody chooses a password: it works once, for a while. */
import { cancel, type EffectContext, type Outcome } from 'cascata'
import { cancelMessage, type MessageKey, oweMessages, sendMessage } from '../email-messages/email-messages.ts'
import type { MailMessage } from '../mail/mailer.ts'
import { linkToken, tokenHash } from './link-token.ts'
import '../../services.ts'

export const INVITATION_DAYS = 7

/**
 * Sends a message with such a link. Each command has a link of its own: another try carries it again, good for as many days
 * from then on; an order to send once more makes another.
 * @param contact the address that the message goes to: when it is not the account's any more, nothing is sent.
 * @param write the message around the link.
 */
export async function sendInvitation(
  context: EffectContext,
  attemptsMax: number,
  about: MessageKey,
  contact: { email: string },
  write: (link: string) => Omit<MailMessage, 'key' | 'signal'>,
): Promise<Outcome<undefined>> {
  await oweMessages(context.db, context.tenant, about, [about.recipientId])
  const link = await issueLink(context, about.recipientId, contact.email)
  if (link) return sendMessage(context, attemptsMax, about, write(link))
  await cancelMessage(context, about, 'link-ended')
  return cancel('The link was used, or the address was corrected since.')
}

async function issueLink(
  { db, command, secretBox, publicUrl }: EffectContext,
  userId: string,
  email: string,
): Promise<string | undefined> {
  const token = linkToken(secretBox, command.id)
  const { rows } = await db.query<{ issued: boolean }>(
    `select academy_auth.issue_invitation($1, $2, $3, $4, now() + $5 * interval '1 day') as issued`,
    [command.id, userId, email, tokenHash(token), INVITATION_DAYS],
  )
  return rows[0]?.issued ? `${publicUrl}/app/choose-password?token=${token}` : undefined
}

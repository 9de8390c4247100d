/**
 * The messages that somebody is owed: one row for each, whatever number of tries. The engine knows how the command is
 * doing; these rows keep, in words that people understand, what came of the message.
 */
import { DeliveryUnknown } from '../mail/mailer.ts'
import '../../services.ts'
import { cancel, done, type EffectContext, type Outcome, Rejected, reprocess, type Tx } from 'cascata'
import type { MailMessage } from '../mail/mailer.ts'

/** Which message: what for, about what, to whom. Ids only. */
export type MessageKey = { purpose: string; entityId: string; recipientId: string }

export const MESSAGE_REASONS = [
  'address-refused',
  'message-refused',
  'service-busy',
  'service-down',
  'no-answer',
  'left-the-class',
  'no-address',
  'link-ended',
  'demonstration',
] as const
export type MessageReason = (typeof MESSAGE_REASONS)[number]

/** One row per recipient, set-based: a class of 1,000 is one statement. What is owed already is owed once. */
export async function oweMessages(
  tx: Tx,
  tenant: string,
  { purpose, entityId }: Omit<MessageKey, 'recipientId'>,
  recipientIds: readonly string[],
): Promise<void> {
  await tx.query(
    `insert into academy.email_messages (institution_id, purpose, entity_id, recipient_id)
     select $1, $2, $3, unnest($4::uuid[]) on conflict do nothing`,
    [tenant, purpose, entityId, recipientIds],
  )
}

/**
 * Sends one owed message and keeps its row honest. A message that is known to have gone out is not sent again, and one of a
 * demonstration institution goes to the development mailbox or nowhere: strangers make those. Whatever
 * the transport throws is thrown on, since the engine decides about the next try.
 * @param attemptsMax of the command's policy: after the last counted failure the row says `failed`.
 */
export async function sendMessage(
  context: EffectContext,
  attemptsMax: number,
  about: MessageKey,
  message: Omit<MailMessage, 'key' | 'signal'>,
): Promise<Outcome<undefined>> {
  const { db, tenant, command, key, mail, signal } = context
  const where = [tenant, about.purpose, about.entityId, about.recipientId]
  const earlier = await db.query<{ provider_id: string | null; demonstration: boolean }>(
    `select m.provider_id, i.demo_data is not null as demonstration
     from academy.institutions i
     left join academy.email_messages m on m.institution_id = i.id and m.purpose = $2 and m.entity_id = $3
       and m.recipient_id = $4 and m.status = 'sent'
     where i.id = $1`,
    where,
  )
  const [known] = earlier.rows
  if (known?.provider_id) return done(undefined, { providerId: known.provider_id })
  if (known?.demonstration && !context.demonstrationMail) {
    await cancelMessage(context, about, 'demonstration')
    return cancel('A demonstration institution writes to nobody.')
  }
  let providerId: string
  try {
    ;({ providerId } = await mail.send({ ...message, key, signal }))
  } catch (error) {
    const verdict = verdictOn(error, command.failures + 1 >= attemptsMax)
    await db.query(
      `update academy.email_messages set status = $5, reason = $6, command_id = $7, key = $8, updated_at = now()
       where institution_id = $1 and purpose = $2 and entity_id = $3 and recipient_id = $4 and status <> 'sent'`,
      [...where, verdict.status, verdict.reason, command.id, key],
    )
    throw error
  }
  await db.query(
    `update academy.email_messages set status = 'sent', reason = null, command_id = $5, key = $6, provider_id = $7,
       sent_at = now(), updated_at = now()
     where institution_id = $1 and purpose = $2 and entity_id = $3 and recipient_id = $4`,
    [...where, command.id, key, providerId],
  )
  return done(undefined, { providerId })
}

/** The message is no longer owed. */
export async function cancelMessage(context: EffectContext, about: MessageKey, reason: MessageReason): Promise<void> {
  await context.db.query(
    `update academy.email_messages set status = 'cancelled', reason = $5, command_id = $6, key = $7, updated_at = now()
     where institution_id = $1 and purpose = $2 and entity_id = $3 and recipient_id = $4 and status <> 'sent'`,
    [context.tenant, about.purpose, about.entityId, about.recipientId, reason, context.command.id, context.key],
  )
}

/**
 * Sends again everything that failed for good to one person, as linked copies of the commands. What was asked for a
 * moment ago is waiting again, and is not sent a second time.
 * @returns those that are sent again.
 */
export async function sendFailedAgain(
  tx: Tx,
  tenant: string,
  recipientId: string,
  why: { author: string; reason: string },
): Promise<{ purpose: string }[]> {
  const { rows } = await tx.query<{ command_id: string; purpose: string; entity_id: string }>(
    `select m.command_id, m.purpose, m.entity_id
     from academy.email_messages m
     join cascata.command_statuses s on s.tenant = m.institution_id and s.id = m.command_id
     where m.institution_id = $1 and m.recipient_id = $2 and m.status not in ('sent', 'waiting') and s.status = 'error'
     order by m.created_at, m.command_id
     for update of m`,
    [tenant, recipientId],
  )
  for (const { command_id: commandId, purpose, entity_id: entityId } of rows) {
    await reprocess(tx, { tenant, commandId, ...why })
    await tx.query(
      `update academy.email_messages set status = 'waiting', reason = null, updated_at = now()
       where institution_id = $1 and purpose = $2 and entity_id = $3 and recipient_id = $4`,
      [tenant, purpose, entityId, recipientId],
    )
  }
  return rows.map(({ purpose }) => ({ purpose }))
}

/** What a failed try means for the message; `last`: no further try will follow. */
export function verdictOn(error: unknown, last: boolean): { status: 'retrying' | 'failed'; reason: MessageReason } {
  if (!(error instanceof Rejected)) {
    const reason = error instanceof DeliveryUnknown && !error.isDown ? 'no-answer' : 'service-down'
    return { status: last ? 'failed' : 'retrying', reason }
  }
  if (!error.retryable) {
    return {
      status: 'failed',
      reason: /address|recipient|mailbox|\bemail\b|\b55[0135]\b/i.test(error.message)
        ? 'address-refused'
        : 'message-refused',
    }
  }
  if (!error.countsAsFailure) return { status: 'retrying', reason: 'service-busy' }
  return { status: last ? 'failed' : 'retrying', reason: 'service-down' }
}

/** People look after their own account: they change its password, and see and end its sessions. */
import { cancel, effect, enqueue, uuidv7 } from 'cascata'
import { createAuthenticators } from '../../../platform/auth/authenticators.ts'
import { oweMessages, sendMessage } from '../../../platform/email-messages/email-messages.ts'
import { notFound } from '../../../platform/http/refusal.ts'
import { isWait, route } from '../../../platform/http/route.ts'
import { contactOf } from '../contact.queries.ts'
import { weakPasswordOf } from '../weak-password.queries.ts'
import { deviceOf } from './device.ts'
import { SendPasswordChangedEmail } from './own-account.commands.ts'
import {
  changePassword as changePasswordContract,
  endOtherSessions as endOtherSessionsContract,
  endSession as endSessionContract,
  readOwnAccount as readContract,
} from './own-account.contract.ts'
import { PURPOSE, passwordChangedFor } from './password-changed.ts'
import { wrongPassword } from './wrong-password.ts'

export const readOwnAccount = route('GET /api/me/account', readContract, async ({ by, tx, services, ownAccount }) => {
  const authenticator = await createAuthenticators(services.secretBox).of(tx, by)
  const sessions = await ownAccount.sessions(by)
  const signIns = await ownAccount.signIns(by)
  return {
    hasPassword: await ownAccount.hasPassword(by),
    authenticator: authenticator
      ? { since: authenticator.since.toISOString(), recoveryCodesLeft: authenticator.recoveryCodesLeft }
      : null,
    sessions: sessions.map(({ id, userAgent, signedInAt, seenAt, endsAt }) => ({
      id,
      here: id === by.sessionId,
      ...deviceOf(userAgent),
      signedInAt: signedInAt.toISOString(),
      seenAt: seenAt.toISOString(),
      endsAt: endsAt.toISOString(),
    })),
    signIns: signIns.map(({ id, at, outcome, userAgent }) => ({
      id,
      at: at.toISOString(),
      outcome,
      ...deviceOf(userAgent),
    })),
  }
})

// The password, the end of the other sessions and the message that is owed are one transaction.
export const changePassword = route(
  'PUT /api/me/password',
  changePasswordContract,
  async ({ input, tx, by, ownAccount }) => {
    const verified = await ownAccount.verifyPassword(by, input.currentPassword)
    if (isWait(verified)) return verified
    if (verified !== 'right') return wrongPassword(verified)
    const weak = await weakPasswordOf(tx, by, input.password)
    if (weak) return weak
    const hash = await ownAccount.hashPassword(input.password)
    await tx.query('select academy_auth.change_password($1, $2, $3)', [by.id, hash, by.sessionId])
    await enqueue(tx, SendPasswordChangedEmail({ changeId: uuidv7(), userId: by.id }), { tenant: by.institutionId })
    ownAccount.changed(by, 'password-changed')
    return { changed: true as const }
  },
)

// Command → one message, whoever changed it.
export const sendPasswordChangedEmail = effect(SendPasswordChangedEmail, async ({ changeId, userId }, context) => {
  const contact = await contactOf(context.db, context.tenant, userId)
  if (!contact) return cancel('There is no such account any more.')
  await oweMessages(context.db, context.tenant, { purpose: PURPOSE, entityId: changeId }, [userId])
  const about = { purpose: PURPOSE, entityId: changeId, recipientId: userId }
  const message = passwordChangedFor(contact, context.publicUrl)
  return sendMessage(context, SendPasswordChangedEmail.retry.attempts, about, message)
})

export const endSession = route(
  'DELETE /api/me/sessions/:sessionId',
  endSessionContract,
  async ({ input, by, ownAccount }) => {
    if (await ownAccount.endSession(by, input.sessionId)) return { ended: true as const }
    return notFound('session-not-found', { en: 'This session has ended already.', pt: 'Esta sessão já terminou.' })
  },
)

export const endOtherSessions = route(
  'DELETE /api/me/sessions',
  endOtherSessionsContract,
  async ({ by, ownAccount }) => ({
    ended: await ownAccount.endOtherSessions(by),
  }),
)

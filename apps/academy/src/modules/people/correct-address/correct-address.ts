/**
 * Staff correct the address of somebody's account. In one transaction whatever the old address opened ends, and why is kept;
 * then the new address gets a link for a password, the old one is told, and every e-mail that failed for good is sent again,
 * as a linked copy.
 */
import { cancel, done, effect, on, save, type Tx } from 'cascata'
import { auditEntriesOf } from '../../../platform/audit/audit-entries.ts'
import { sendInvitation } from '../../../platform/auth/invitation.ts'
import { unlessTaken } from '../../../platform/database/saving.ts'
import { oweMessages, sendFailedAgain, sendMessage } from '../../../platform/email-messages/email-messages.ts'
import { isRefusal, notFound, refuse } from '../../../platform/http/refusal.ts'
import { type RouteContext, route } from '../../../platform/http/route.ts'
import { isReservedAddress } from '../../../platform/mail/reserved-address.ts'
import { isDemo } from '../../institutions/institutions.queries.ts'
import { contactOf } from '../../users/contact.queries.ts'
import { AddressCorrection, type PasswordFate } from '../address-correction.ts'
import { isInvitation, limitInvitations } from '../invitations.queries.ts'
import { AddressCorrected } from '../person.events.ts'
import { refuseNobody } from '../reserved-address.queries.ts'
import { SendCorrectedAddressEmail, TellFormerAddress } from './correct-address.commands.ts'
import {
  listCorrections as listContract,
  correctStudentAddress as studentContract,
  correctTeacherAddress as teacherContract,
} from './correct-address.contract.ts'
import { formerAddressEmail, keptPasswordEmail, newPasswordEmail, PURPOSE } from './corrected-address-email.ts'
import { correctionOf, forgetFormerAddress, formerAddress } from './corrections.queries.ts'

export const correctStudentAddress = route(
  'PUT /students/:studentId/email',
  studentContract,
  async ({ input: { studentId, ...input }, ...context }) => {
    if (!(await isThere(context.tx, context.by.institutionId, 'student', studentId))) {
      return notFound('student-not-found', { en: 'There is no such student.', pt: 'Este aluno não existe.' })
    }
    return correct(context, { ...input, userId: studentId })
  },
  { limited: true },
)

export const correctTeacherAddress = route(
  'PUT /teachers/:teacherId/email',
  teacherContract,
  async ({ input: { teacherId, ...input }, ...context }) => {
    if (!(await isThere(context.tx, context.by.institutionId, 'teacher', teacherId))) {
      return notFound('teacher-not-found', { en: 'There is no such teacher.', pt: 'Este professor não existe.' })
    }
    return correct(context, { ...input, userId: teacherId })
  },
  { limited: true },
)

export const listCorrections = route('GET /people/:userId/corrections', listContract, async ({ input, tx, by }) => {
  const { rows } = await tx.query('select from academy.users where institution_id = $1 and id = $2', [
    by.institutionId,
    input.userId,
  ])
  if (rows.length === 0) {
    return notFound('person-not-found', { en: 'There is no such person.', pt: 'Esta pessoa não existe.' })
  }
  const asked = { institutionId: by.institutionId, userId: input.userId, action: 'address-corrected' }
  return { corrections: await auditEntriesOf(tx, asked) }
})

// Event → the new address, and the old one where it is to be told.
export const sendLinkToNewAddress = on(
  AddressCorrected,
  'send-link-to-new-address',
  async ({ userId, correctionId }, { tx, tenant }) =>
    (await correctionOf(tx, tenant, correctionId)).needsMessage
      ? SendCorrectedAddressEmail({ userId, correctionId })
      : undefined,
)
export const tellOldAddress = on(AddressCorrected, 'tell-old-address', async ({ correctionId }, { tx, tenant }) =>
  (await formerAddress(tx, tenant, correctionId)) ? TellFormerAddress({ correctionId }) : undefined,
)

// To the address that the account has now: a link that works once, or the word that the password is the same.
export const sendCorrectedAddressEmail = effect(
  SendCorrectedAddressEmail,
  async ({ userId, correctionId }, context) => {
    const { db, tenant, publicUrl } = context
    const contact = await contactOf(db, tenant, userId)
    if (!contact) return cancel('There is no such person any more.')
    const { password, hadAuthenticator } = await correctionOf(db, tenant, correctionId)
    const about = { purpose: PURPOSE, entityId: correctionId, recipientId: userId }
    const { attempts } = SendCorrectedAddressEmail.retry
    if (password === 'kept') {
      await oweMessages(db, tenant, about, [userId])
      return sendMessage(context, attempts, about, keptPasswordEmail(contact, { publicUrl, hadAuthenticator }))
    }
    return sendInvitation(context, attempts, about, contact, (link) =>
      newPasswordEmail(contact, { link, password, hadAuthenticator }),
    )
  },
)

// What it was is forgotten when it has been told.
export const tellFormerAddress = effect(TellFormerAddress, async ({ correctionId }, context) => {
  const { db, tenant, mail, key, signal } = context
  const former = await formerAddress(db, tenant, correctionId)
  if (!former) return cancel('The former address has been forgotten.')
  const { hadAuthenticator } = await correctionOf(db, tenant, correctionId)
  const { providerId } = await mail.send({ ...formerAddressEmail(former, hadAuthenticator), key, signal })
  await forgetFormerAddress(db, tenant, correctionId)
  return done(undefined, { providerId })
})

async function isThere(tx: Tx, institutionId: string, role: 'student' | 'teacher', id: string): Promise<boolean> {
  const { rows } = await tx.query(
    'select from academy.users where institution_id = $1 and id = $2 and role = $3 for no key update',
    [institutionId, id, role],
  )
  return rows.length > 0
}

type Correction = { userId: string; email: string; reason: string }

async function correct(context: Omit<RouteContext<never>, 'input'>, { userId, email, reason }: Correction) {
  const { tx, by, services, ownAccount } = context
  const nobody = await refuseNobody(context, email)
  if (nobody) return nobody
  const limited = await limitInvitations(context)
  if (limited) return limited
  const refusedBefore = await isKnownRefused(tx, by.institutionId, userId)
  const changed = await unlessTaken(
    () => changeAddress(tx, by.institutionId, userId, email),
    refuse('email-already-used', {
      field: 'email',
      message: { en: 'Another account has this address.', pt: 'Outra conta usa este e-mail.' },
    }),
  )
  if (isRefusal(changed)) return changed
  const again = await sendFailedAgain(tx, by.institutionId, userId, { author: by.id, reason })
  const corrected = changed.former !== email
  if (corrected) {
    // The first message, sent again, has a link of its own: one more would say the same in other words.
    const hasLink = changed.password === 'none' && again.some(isInvitation)
    const hashOf = (address: string) => services.secretBox.derive(`address ${address}`)
    const correction = new AddressCorrection({
      userId,
      reason,
      by,
      formerHash: hashOf(changed.former),
      newHash: hashOf(email),
      password: changed.password,
      hadAuthenticator: changed.hadAuthenticator,
      needsMessage: !hasLink,
    })
    await save(tx, correction, { actor: by.id }) // emits AddressCorrected
    // Nobody is behind an address that was refused, that is kept for examples, or that a demonstration invented.
    const hadNobody = refusedBefore || (services.mailReachesPeople && isReservedAddress(changed.former))
    if (!hadNobody && !(await isDemo(tx, by.institutionId))) {
      await tx.query(
        'insert into academy.former_addresses (institution_id, correction_id, user_id, email) values ($1, $2, $3, $4)',
        [by.institutionId, correction.id, userId, changed.former],
      )
    }
    if (changed.hadAuthenticator) ownAccount.changed({ id: userId }, 'authenticator-off')
  }
  return { id: userId, email, corrected, sentAgain: again.length }
}

async function isKnownRefused(tx: Tx, institutionId: string, userId: string): Promise<boolean> {
  const { rows } = await tx.query(
    `select from academy.email_messages
     where institution_id = $1 and recipient_id = $2 and status = 'failed' and reason = 'address-refused' limit 1`,
    [institutionId, userId],
  )
  return rows.length > 0
}

async function changeAddress(tx: Tx, institutionId: string, userId: string, email: string) {
  await tx.query(
    // Whoever has an address that somebody typed is not invented any more.
    `update academy.users set email = $3, invented = false, version = version + 1
     where institution_id = $1 and id = $2 and email <> $3`,
    [institutionId, userId, email],
  )
  const { rows } = await tx.query<{
    former: string | null
    password: PasswordFate | null
    had_authenticator: boolean | null
  }>('select former, password, had_authenticator from academy_auth.correct_email($1, $2)', [userId, email])
  const [row] = rows
  if (!row?.former) throw new Error(`The person ${userId} has no account.`)
  return { former: row.former, password: row.password ?? 'none', hadAuthenticator: row.had_authenticator === true }
}

/** Whoever is charged is told: in the app and by e-mail that there is a charge, and in the app how it ended. */
import { cancel, effect, handle, on } from 'cascata'
import { oweMessages, sendMessage } from '../../../platform/email-messages/email-messages.ts'
import { notify } from '../../notifications/notifications.queries.ts'
import { contactOf } from '../../users/contact.queries.ts'
import { ChargeCreated, ChargePaid, ChargeRefused } from '../charge.events.ts'
import { readCharge } from '../charge.queries.ts'
import { emailFor, newCharge, PURPOSE, paymentReceived, paymentRefused } from './charge-words.ts'
import {
  NotifyStudentOfCharge,
  NotifyStudentOfPayment,
  NotifyStudentOfRefusal,
  SendChargeEmail,
} from './tell-student.commands.ts'

// Events → one command each.
export const onChargeCreated = on(ChargeCreated, 'tell-student', ({ chargeId }) => NotifyStudentOfCharge({ chargeId }))
export const onChargePaid = on(ChargePaid, 'notify-student', ({ chargeId }) => NotifyStudentOfPayment({ chargeId }))
export const onChargeRefused = on(ChargeRefused, 'notify-student', ({ chargeId }) =>
  NotifyStudentOfRefusal({ chargeId }),
)

// Command → a notification in the app and the order to write.
export const notifyStudentOfCharge = handle(NotifyStudentOfCharge, async ({ chargeId }, { tx, tenant }) => {
  const charge = await readCharge(tx, tenant, chargeId)
  if (!charge) return cancel('There is no such charge.')
  await notify(tx, tenant, newCharge(charge), [charge.student_id])
  await oweMessages(tx, tenant, { purpose: PURPOSE, entityId: chargeId }, [charge.student_id])
  return SendChargeEmail({ chargeId })
})

// Command → one message.
export const sendChargeEmail = effect(SendChargeEmail, async ({ chargeId }, context) => {
  const { db, tenant, publicUrl } = context
  const charge = await readCharge(db, tenant, chargeId)
  const contact = charge && (await contactOf(db, tenant, charge.student_id))
  if (!contact) return cancel('There is no such charge, or no such student any more.')
  const about = { purpose: PURPOSE, entityId: chargeId, recipientId: charge.student_id }
  return sendMessage(context, SendChargeEmail.retry.attempts, about, emailFor(contact, charge, publicUrl))
})

// Command → a notification in the app.
export const notifyStudentOfPayment = handle(NotifyStudentOfPayment, async ({ chargeId }, { tx, tenant }) => {
  const charge = await readCharge(tx, tenant, chargeId)
  if (!charge) return cancel('There is no such charge.')
  await notify(tx, tenant, paymentReceived(charge), [charge.student_id])
})

export const notifyStudentOfRefusal = handle(NotifyStudentOfRefusal, async ({ chargeId }, { tx, tenant }) => {
  const charge = await readCharge(tx, tenant, chargeId)
  if (!charge) return cancel('There is no such charge.')
  await notify(tx, tenant, paymentRefused(charge), [charge.student_id])
})

/** The charged student is told, in the app and by e-mail: that there is a charge, and how it ended. */
import { cancel, type EffectContext, effect, handle, on, type Tx } from 'cascata'
import { institutionClock } from '../../../platform/database/institution-clock.ts'
import { oweMessages, sendMessage } from '../../../platform/email-messages/email-messages.ts'
import { type NewNotification, notify } from '../../notifications/notifications.queries.ts'
import { type Contact, contactOf } from '../../users/contact.queries.ts'
import { ChargeCreated, ChargePaid, ChargeRefused } from '../charge.events.ts'
import { readCharge } from '../charge.queries.ts'
import type { ChargeColumns } from '../charge.ts'
import {
  newCharge,
  newChargeEmail,
  PURPOSE,
  paymentReceived,
  paymentRefused,
  receiptEmail,
  refusalEmail,
} from './charge-words.ts'
import {
  NotifyStudentOfCharge,
  NotifyStudentOfPayment,
  NotifyStudentOfRefusal,
  SendChargeEmail,
  SendReceiptEmail,
  SendRefusalEmail,
} from './tell-student.commands.ts'

// Events → one command each.
export const onChargeCreated = on(ChargeCreated, 'tell-student', ({ chargeId }) => NotifyStudentOfCharge({ chargeId }))
export const onChargePaid = on(ChargePaid, 'notify-student', ({ chargeId }) => NotifyStudentOfPayment({ chargeId }))
export const onChargeRefused = on(ChargeRefused, 'notify-student', ({ chargeId }) =>
  NotifyStudentOfRefusal({ chargeId }),
)

// Command → a notification in the app and the order to write.
export const notifyStudentOfCharge = handle(NotifyStudentOfCharge, async ({ chargeId }, { tx, tenant }) =>
  (await tell(tx, tenant, chargeId, newCharge, PURPOSE.created)) ? SendChargeEmail({ chargeId }) : noSuchCharge(),
)
export const notifyStudentOfPayment = handle(NotifyStudentOfPayment, async ({ chargeId }, { tx, tenant }) =>
  (await tell(tx, tenant, chargeId, paymentReceived, PURPOSE.paid)) ? SendReceiptEmail({ chargeId }) : noSuchCharge(),
)
export const notifyStudentOfRefusal = handle(NotifyStudentOfRefusal, async ({ chargeId }, { tx, tenant }) =>
  (await tell(tx, tenant, chargeId, paymentRefused, PURPOSE.refused)) ? SendRefusalEmail({ chargeId }) : noSuchCharge(),
)

// Command → one message.
export const sendChargeEmail = effect(SendChargeEmail, ({ chargeId }, context) =>
  send(context, chargeId, SendChargeEmail.retry.attempts, PURPOSE.created, newChargeEmail),
)
export const sendReceiptEmail = effect(SendReceiptEmail, async ({ chargeId }, context) => {
  const { timeZone } = await institutionClock(context.db, context.tenant)
  const receipt: Letter = (contact, charge, publicUrl) =>
    receiptEmail(contact, { ...charge, paidAt: charge.paid_at ?? context.now(), timeZone }, publicUrl)
  return send(context, chargeId, SendReceiptEmail.retry.attempts, PURPOSE.paid, receipt)
})
export const sendRefusalEmail = effect(SendRefusalEmail, ({ chargeId }, context) =>
  send(context, chargeId, SendRefusalEmail.retry.attempts, PURPOSE.refused, refusalEmail),
)

const noSuchCharge = () => cancel('There is no such charge.')

type Purpose = (typeof PURPOSE)[keyof typeof PURPOSE]

/** @returns whether there is such a charge. */
async function tell(
  tx: Tx,
  tenant: string,
  chargeId: string,
  notice: (charge: ChargeColumns) => NewNotification,
  purpose: Purpose,
): Promise<boolean> {
  const charge = await readCharge(tx, tenant, chargeId)
  if (!charge) return false
  await notify(tx, tenant, notice(charge), [charge.student_id])
  await oweMessages(tx, tenant, { purpose, entityId: chargeId }, [charge.student_id])
  return true
}

type Letter = (contact: Contact, charge: ChargeColumns, publicUrl: string) => ReturnType<typeof newChargeEmail>

async function send(context: EffectContext, chargeId: string, attempts: number, purpose: Purpose, letter: Letter) {
  const { db, tenant, publicUrl } = context
  const charge = await readCharge(db, tenant, chargeId)
  const contact = charge && (await contactOf(db, tenant, charge.student_id))
  if (!contact) return cancel('There is no such charge, or no such student any more.')
  const about = { purpose, entityId: chargeId, recipientId: charge.student_id }
  return sendMessage(context, attempts, about, letter(contact, charge, publicUrl))
}

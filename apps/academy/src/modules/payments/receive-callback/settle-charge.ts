/** What the gateway told is recorded, and once a charge is paid its student is told, once. */
import { cancel, discard, handle, on, save } from 'cascata'
import { notify } from '../../notifications/notifications.queries.ts'
import { ChargePaid } from '../charge.events.ts'
import { lockCharge, readCharge } from '../charge.queries.ts'
import type { Told } from '../charge.ts'
import { NotifyStudentOfPayment, SettleCharge } from './settle-charge.commands.ts'

type Callback = {
  charge_id: string
  type: 'charge.paid' | 'charge.refused'
  body: { data: { id: string; amountCents: number } }
}

// The kept message → the charge's end; when it was paid, an event.
export const settleCharge = handle(SettleCharge, async ({ callbackId }, { tx, tenant, now }) => {
  const { rows } = await tx.query<Callback>(
    'select charge_id, type, body from academy.payment_callbacks where institution_id = $1 and id = $2',
    [tenant, callbackId],
  )
  const [callback] = rows
  const charge = callback && (await lockCharge(tx, tenant, callback.charge_id))
  if (!charge) return cancel('There is no such message.')
  const { id: gatewayId, amountCents } = callback.body.data
  const told: Told = { status: callback.type === 'charge.paid' ? 'paid' : 'refused', amountCents, gatewayId }
  const contradiction = charge.settle(told, now())
  if (contradiction) return discard(contradiction)
  await save(tx, charge) // emits ChargePaid
})

// Event → command.
export const onChargePaid = on(ChargePaid, 'notify-student', ({ chargeId }) => NotifyStudentOfPayment({ chargeId }))

// Command → a notification in the app.
export const notifyStudentOfPayment = handle(NotifyStudentOfPayment, async ({ chargeId }, { tx, tenant }) => {
  const charge = await readCharge(tx, tenant, chargeId)
  if (!charge) return cancel('There is no such charge.')
  const { description, student_id: studentId } = charge
  await notify(
    tx,
    tenant,
    {
      category: 'charge-paid',
      subjectId: chargeId,
      title: { en: 'Payment received', pt: 'Pagamento recebido' },
      description: { en: `“${description}” is paid.`, pt: `“${description}” está pago.` },
      link: '/app/notifications',
    },
    [studentId],
  )
})

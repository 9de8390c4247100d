/** The gateway's word is recorded; how a charge ended is a fact that others hear of. */
import { cancel, discard, handle, save } from 'cascata'
import { lockCharge } from '../charge.queries.ts'
import type { Told } from '../charge.ts'
import { SettleCharge } from './settle-charge.commands.ts'

type Callback = {
  charge_id: string
  type: 'charge.paid' | 'charge.refused'
  body: { data: { id: string; amountCents: number } }
}

// The kept message → the charge's end; an event says which.
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
  await save(tx, charge) // emits ChargePaid or ChargeRefused
})

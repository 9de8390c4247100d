/**
 * Staff ask a student to pay: charge and event in one transaction → command → one order to the payment gateway, with a key.
 * No order is repeated before the gateway was asked whether it has it: a charge made twice would be somebody's money.
 */
import { cancel, command, done, type EffectContext, effect, on, Rejected, reprocess, save } from 'cascata'
import { z } from 'zod'
import { isRefusal, notFound, refuse } from '../../../platform/http/refusal.ts'
import { route } from '../../../platform/http/route.ts'
import type { GatewayCharge } from '../../../platform/payment-gateway/payment-gateway.ts'
import { ChargeCreated } from '../charge.events.ts'
import { readCharge } from '../charge.queries.ts'
import { Charge } from '../charge.ts'
import { contract, tryAgain } from './create-charge.contract.ts'

export const RequestPayment = command('payment.request', z.object({ chargeId: z.uuid() }), {
  retry: { attempts: 8, backoff: 'exponential', base: '1s', cap: '5m', jitter: 'full' },
  timeout: '20s', // longer than the gateway's client waits, so that it is the client that says what happened
  label: { en: 'Ask the payment gateway for a charge', pt: 'Pedir uma cobrança ao gateway de pagamento' },
})

// Request → rule → event.
export const createCharge = route('POST /payments/charges', contract, async ({ input, tx, by }) => {
  const student = await tx.query('select 1 from academy.students where institution_id = $1 and id = $2', [
    by.institutionId,
    input.studentId,
  ])
  const charge = Charge.create(input, student.rows.length > 0, by)
  if (isRefusal(charge)) return charge
  await save(tx, charge, { actor: by.id }) // emits ChargeCreated
  return { id: charge.id }
})

// Event → command.
export const requestPaymentOf = on(ChargeCreated, 'request-payment', ({ chargeId }) => RequestPayment({ chargeId }))

// Command → the gateway. What is unknown is cleared up by asking it, before anything is ordered again.
export const requestPayment = effect(
  RequestPayment,
  async ({ chargeId }, context) => {
    const { db, tenant, key, command: order, paymentGateway, publicUrl, signal } = context
    const charge = await readCharge(db, tenant, chargeId)
    if (!charge) return cancel('There is no such charge.')
    if (charge.gateway_id) return done(undefined, { providerId: charge.gateway_id })
    try {
      if (!paymentGateway) throw new Rejected('No payment gateway is configured.', { retryable: false })
      const made = await paymentGateway.createCharge({
        key,
        reference: chargeId,
        amountCents: charge.amount_cents,
        description: charge.description,
        metadata: { institutionId: tenant },
        callbackUrl: `${publicUrl}/payments/callback`,
        signal,
      })
      await recordRequested(context, chargeId, made)
      return done(undefined, { providerId: made.id })
    } catch (error) {
      const counts = !(error instanceof Rejected) || error.countsAsFailure
      const final = error instanceof Rejected && !error.retryable
      if (final || (counts && order.failures + 1 >= RequestPayment.retry.attempts)) {
        await recordFailed(
          context,
          chargeId,
          paymentGateway ? (final ? 'refused-by-gateway' : 'no-answer') : 'no-gateway',
        )
      }
      throw error
    }
  },
  {
    onUnknown: 'reconcile',
    reconcile: async ({ chargeId }, context) => {
      const found = await context.paymentGateway?.findCharge(context.key, context.signal)
      if (!found) return { happened: false }
      await recordRequested(context, chargeId, found)
      return { happened: true, providerId: found.id }
    },
  },
)

/** The gateway has it. Its message that the charge was paid may have come first: that is not undone. */
async function recordRequested({ db, tenant, command: order }: EffectContext, id: string, made: GatewayCharge) {
  await db.query(
    `update academy.charges
     set status = case when status in ('created', 'failed') then 'requested' else status end,
       reason = case when status = 'failed' then null else reason end,
       gateway_id = $3, pay_url = $4, command_id = $5, version = version + 1
     where institution_id = $1 and id = $2 and (gateway_id is null or gateway_id = $3)`,
    [tenant, id, made.id, made.payUrl, order.id],
  )
}

type FailedReason = 'refused-by-gateway' | 'no-answer' | 'no-gateway'

async function recordFailed({ db, tenant, command: order }: EffectContext, id: string, reason: FailedReason) {
  await db.query(
    `update academy.charges set status = 'failed', reason = $3, command_id = $4, version = version + 1
     where institution_id = $1 and id = $2 and status in ('created', 'failed')`,
    [tenant, id, reason, order.id],
  )
}

// A human decides: the same order with the same key, as a linked copy of the command.
export const tryChargeAgain = route(
  'POST /payments/charges/:chargeId/try-again',
  tryAgain,
  async ({ input, tx, by }) => {
    const { rows } = await tx.query<{ status: string; command_id: string | null }>(
      'select status, command_id from academy.charges where institution_id = $1 and id = $2 for no key update',
      [by.institutionId, input.chargeId],
    )
    const [charge] = rows
    if (!charge) {
      return notFound('charge-not-found', { en: 'There is no such charge.', pt: 'Esta cobrança não existe.' })
    }
    if (charge.status !== 'failed' || !charge.command_id) {
      return refuse('charge-not-failed', {
        because: 'conflict',
        message: {
          en: 'Only a charge that failed is tried again.',
          pt: 'Só uma cobrança que falhou é tentada de novo.',
        },
      })
    }
    const copy = await reprocess(tx, {
      tenant: by.institutionId,
      commandId: charge.command_id,
      author: by.id,
      reason: input.reason,
    })
    await tx.query(
      `update academy.charges set status = 'created', reason = null, command_id = $3, version = version + 1
       where institution_id = $1 and id = $2`,
      [by.institutionId, input.chargeId, copy],
    )
    return { commandId: copy }
  },
)

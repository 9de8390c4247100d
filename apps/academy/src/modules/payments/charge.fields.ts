/** Vocabulary of payments that requests, responses, rules and pages share. Part of the browser's bundle. */
import { z } from 'zod'
import { id, instant, line } from '../../platform/http/fields.ts'

export const DESCRIPTION_LENGTH_MAX = 200
export const AMOUNT_CENTS_MAX = 100_000_000

export const description = line(DESCRIPTION_LENGTH_MAX)
export const amountCents = z
  .int()
  .min(1)
  .max(AMOUNT_CENTS_MAX)
  .meta({ description: 'Centavos of BRL', example: 15_000 })

/** created → requested (the gateway has it) → paid or refused by the payer; failed: the gateway does not have it. */
export const CHARGE_STATUSES = ['created', 'requested', 'paid', 'refused', 'failed'] as const
export const chargeStatus = z.enum(CHARGE_STATUSES)
export type ChargeStatus = z.output<typeof chargeStatus>

export const charge = z.object({
  id,
  student: z.object({ id, name: z.string() }),
  description: z.string(),
  amountCents,
  status: chargeStatus,
  reason: z.string().nullable(),
  payUrl: z.string().nullable(),
  createdAt: instant,
  paidAt: instant.nullable(),
})

/** The facts about charges that other modules may listen to. */
import { event } from 'cascata'
import { z } from 'zod'

const data = z.object({ chargeId: z.uuid() })

export const ChargeCreated = event('charge.created', data, {
  label: { en: 'Charge created', pt: 'Cobrança criada' },
})

export const ChargePaid = event('charge.paid', data, {
  label: { en: 'Charge paid', pt: 'Cobrança paga' },
})

/** The payer refused it. */
export const ChargeRefused = event('charge.refused', data, {
  label: { en: 'Charge refused', pt: 'Cobrança recusada' },
})

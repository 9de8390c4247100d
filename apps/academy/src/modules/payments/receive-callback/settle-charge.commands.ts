import { command } from 'cascata'
import { z } from 'zod'

export const SettleCharge = command('charge.settle', z.object({ callbackId: z.string() }), {
  lane: 'interactive',
  label: { en: 'Record how a charge ended', pt: 'Registrar como uma cobrança terminou' },
})

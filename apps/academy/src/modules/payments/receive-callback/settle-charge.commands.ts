import { command } from 'cascata'
import { z } from 'zod'

export const SettleCharge = command('charge.settle', z.object({ callbackId: z.string() }), {
  lane: 'interactive',
  label: { en: 'Record how a charge ended', pt: 'Registrar como uma cobrança terminou' },
})

export const NotifyStudentOfPayment = command('student-of-payment.notify', z.object({ chargeId: z.uuid() }), {
  lane: 'interactive',
  label: { en: 'Tell a student that the payment has arrived', pt: 'Avisar o aluno que o pagamento chegou' },
})

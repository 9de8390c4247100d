/** The orders of this slice. */
import { command } from 'cascata'
import { z } from 'zod'

const ofCharge = z.object({ chargeId: z.uuid() })

export const NotifyStudentOfCharge = command('student-of-charge.notify', ofCharge, {
  lane: 'interactive',
  label: { en: 'Tell a student of a charge', pt: 'Avisar o aluno de uma cobrança' },
})

const asEmail = {
  retry: { attempts: 12, backoff: 'exponential', base: '1s', cap: '2m', jitter: 'full' },
  timeout: '45s', // longer than the mailer's own, so that it is the mailer that says what happened
} as const

export const SendChargeEmail = command('charge-email.send', ofCharge, {
  ...asEmail,
  label: { en: 'Tell a student of a charge by e-mail', pt: 'Avisar o aluno de uma cobrança por e-mail' },
})

export const NotifyStudentOfPayment = command('student-of-payment.notify', ofCharge, {
  lane: 'interactive',
  label: { en: 'Tell a student that the payment has arrived', pt: 'Avisar o aluno que o pagamento chegou' },
})

export const NotifyStudentOfRefusal = command('student-of-refusal.notify', ofCharge, {
  lane: 'interactive',
  label: {
    en: 'Tell a student that a payment did not go through',
    pt: 'Avisar o aluno que o pagamento não foi concluído',
  },
})

export const SendReceiptEmail = command('receipt-email.send', ofCharge, {
  ...asEmail,
  label: { en: 'Send a student the receipt of a payment', pt: 'Enviar ao aluno o recibo de um pagamento' },
})

export const SendRefusalEmail = command('refusal-email.send', ofCharge, {
  ...asEmail,
  label: {
    en: 'Tell a student by e-mail that a payment did not go through',
    pt: 'Avisar o aluno por e-mail que o pagamento não foi concluído',
  },
})

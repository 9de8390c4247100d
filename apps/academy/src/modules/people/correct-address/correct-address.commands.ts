/** The orders of this slice. */
import { command } from 'cascata'
import { z } from 'zod'

const policy = {
  retry: { attempts: 12, backoff: 'exponential', base: '1s', cap: '2m', jitter: 'full' },
  timeout: '45s', // longer than the mailer's own, so that it is the mailer that says what happened
} as const

export const SendCorrectedAddressEmail = command(
  'corrected-address-email.send',
  z.object({ userId: z.uuid(), correctionId: z.uuid() }),
  { ...policy, label: { en: 'Send a link to a corrected address', pt: 'Enviar um link ao e-mail corrigido' } },
)

export const TellFormerAddress = command('former-address.tell', z.object({ correctionId: z.uuid() }), {
  ...policy,
  label: { en: 'Tell a former address that it was replaced', pt: 'Avisar o e-mail antigo que ele foi trocado' },
})

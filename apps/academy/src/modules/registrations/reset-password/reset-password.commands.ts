import { command } from 'cascata'
import { z } from 'zod'

export const SendResetPasswordEmail = command('reset-password-email.send', z.object({ requestId: z.uuid() }), {
  lane: 'interactive', // somebody waits for it
  retry: { attempts: 10, backoff: 'exponential', base: '1s', cap: '2m' },
  timeout: '45s',
  label: { en: 'E-mail a link for a new password', pt: 'Enviar e-mail com link para nova senha' },
})

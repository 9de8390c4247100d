import { command } from 'cascata'
import { z } from 'zod'

export const SendUserRegisterEmailConfirmation = command(
  'user-register-email-confirmation.send',
  z.object({ registrationId: z.uuid() }),
  {
    lane: 'interactive', // somebody waits for it
    retry: { attempts: 10, backoff: 'exponential', base: '1s', cap: '2m' },
    timeout: '45s',
    label: { en: 'E-mail the link of a registration', pt: 'Enviar e-mail com o link do cadastro' },
  },
)

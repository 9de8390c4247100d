/** The orders of this slice. */
import { command } from 'cascata'
import { z } from 'zod'

export const SendPasswordChangedEmail = command(
  'password-changed-email.send',
  z.object({ changeId: z.uuid(), userId: z.uuid() }),
  {
    lane: 'interactive', // if it was not them, minutes count
    retry: { attempts: 12, backoff: 'exponential', base: '1s', cap: '2m', jitter: 'full' },
    timeout: '45s', // longer than the mailer's own, so that it is the mailer that says what happened
    label: { en: 'Tell by e-mail that a password was changed', pt: 'Avisar por e-mail que uma senha foi trocada' },
  },
)

/** The orders of this slice. */
import { command } from 'cascata'
import { z } from 'zod'

/** `roundId`: of the order to invite again. */
export const SendTeacherInvitation = command(
  'teacher-invitation.send',
  z.object({ teacherId: z.uuid(), roundId: z.uuid().optional() }),
  {
    retry: { attempts: 12, backoff: 'exponential', base: '1s', cap: '2m', jitter: 'full' },
    timeout: '45s', // longer than the mailer's own, so that it is the mailer that says what happened
    label: { en: 'Invite a teacher by e-mail', pt: 'Convidar o professor por e-mail' },
  },
)

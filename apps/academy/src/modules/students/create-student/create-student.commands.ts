/** The orders of this slice. */
import { command } from 'cascata'
import { z } from 'zod'

/** `roundId`: of the order to invite again. */
export const SendStudentWelcomeEmail = command(
  'student-welcome-email.send',
  z.object({ studentId: z.uuid(), roundId: z.uuid().optional() }),
  {
    retry: { attempts: 12, backoff: 'exponential', base: '1s', cap: '2m', jitter: 'full' },
    timeout: '45s', // longer than the mailer's own, so that it is the mailer that says what happened
    label: { en: 'Welcome a student by e-mail', pt: 'Enviar e-mail de boas-vindas ao aluno' },
  },
)

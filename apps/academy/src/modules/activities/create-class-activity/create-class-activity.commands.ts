/** The orders of this slice. Payloads carry ids; whoever runs them looks up the rest at that moment. */
import { command } from 'cascata'
import { z } from 'zod'

const activity = z.object({ activityId: z.uuid() })

export const CreateNewClassActivityNotification = command('new-class-activity-notification.create', activity, {
  lane: 'interactive',
  label: { en: 'Tell the class of a new activity', pt: 'Avisar a turma da nova atividade' },
})

export const SendNewClassActivityEmail = command(
  'new-class-activity-email.send',
  activity.extend({ studentId: z.uuid() }),
  {
    // Some five minutes on average: an outage of the mail service is survived, and the providers that know keys still
    // know this one (15 minutes).
    retry: { attempts: 12, backoff: 'exponential', base: '1s', cap: '2m', jitter: 'full' },
    timeout: '45s', // longer than the mailer's own, so that it is the mailer that says what happened
    label: { en: 'E-mail a student about a new activity', pt: 'Enviar e-mail de nova atividade ao aluno' },
  },
)

export const NotifyTeacherEmailsSent = command('teacher-emails-sent.notify', activity, {
  lane: 'interactive',
  label: { en: 'Tell the teacher that all e-mails went out', pt: 'Avisar o professor que os e-mails foram enviados' },
})

export const NotifyTeacherEmailsFailed = command('teacher-emails-failed.notify', activity, {
  lane: 'interactive',
  label: { en: 'Tell the teacher that e-mails failed', pt: 'Avisar o professor que e-mails falharam' },
})

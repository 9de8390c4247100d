/** The orders of this slice. Payloads carry ids; whoever runs them looks up the rest at that moment. */
import { command } from 'cascata'
import { z } from 'zod'

const finalization = z.object({ finalizationId: z.uuid() })

export const SendResultNotice = command('class-result-notice.send', finalization.extend({ studentId: z.uuid() }), {
  retry: { attempts: 12, backoff: 'exponential', base: '1s', cap: '2m', jitter: 'full' },
  timeout: '45s', // longer than the mailer's own, so that it is the mailer that says what happened
  label: { en: 'Tell a student the results', pt: 'Avisar o aluno dos resultados' },
})

export const NotifyStaffResultsSent = command('staff-results-sent.notify', finalization, {
  lane: 'interactive',
  label: { en: 'Tell staff that all were told their results', pt: 'Avisar a equipe que todos receberam os resultados' },
})

export const NotifyStaffResultsFailed = command('staff-results-failed.notify', finalization, {
  lane: 'interactive',
  label: { en: 'Tell staff that some were not told', pt: 'Avisar a equipe que nem todos foram avisados' },
})

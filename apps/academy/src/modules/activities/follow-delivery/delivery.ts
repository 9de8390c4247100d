/** What the Delivery card says: counts, words for reasons, and whether the teacher was told. */
import type { z } from 'zod'
import { type Locale, type Text, textIn } from '../../../platform/http/endpoint.ts'
import type { Groups, StudentRow } from './delivery.queries.ts'
import { type delivery, type deliverySummary, EMAIL_REASONS, EMAIL_STATES } from './follow-delivery.contract.ts'

type Reason = (typeof EMAIL_REASONS)[number]

const REASONS: Record<Reason, Text> = {
  'address-refused': { en: 'the address was refused', pt: 'o endereço foi recusado' },
  'message-refused': { en: 'the mail service refused the message', pt: 'o serviço de e-mail recusou a mensagem' },
  'service-busy': { en: 'the mail service asked us to wait', pt: 'o serviço de e-mail pediu para esperar' },
  'service-down': { en: 'the mail service is down', pt: 'o serviço de e-mail está fora do ar' },
  'no-answer': { en: 'the mail service gave no clear answer', pt: 'o serviço de e-mail não deu resposta clara' },
  'left-the-class': { en: 'left the class', pt: 'saiu da turma' },
  'no-address': { en: 'has no e-mail address', pt: 'não tem e-mail' },
  demonstration: {
    en: 'a demonstration sends no e-mail to anybody',
    pt: 'uma demonstração não envia e-mail a ninguém',
  },
  'not-known': { en: 'the reason is not known', pt: 'o motivo não é conhecido' },
}

const reasonIn = (code: string | null, locale: Locale): { code: Reason; text: string } => {
  const known = EMAIL_REASONS.find((reason) => reason === code) ?? 'not-known'
  return { code: known, text: textIn(REASONS[known], locale) }
}

export function summaryOf(activityId: string, found: Groups, locale: Locale): z.output<typeof deliverySummary> {
  const of = (state: string) => found.groups.filter(({ email }) => email === state)
  const countOf = (state: string) => of(state).reduce((sum, { count }) => sum + count, 0)
  const counts = Object.fromEntries(EMAIL_STATES.map((state) => [state, countOf(state)])) as Record<
    (typeof EMAIL_STATES)[number],
    number
  >
  const withReason = (state: string) => of(state).map(({ reason, count }) => ({ ...reasonIn(reason, locale), count }))
  const nextAt = of('retrying')
    .flatMap(({ next_at }) => (next_at ? [new Date(next_at).toISOString()] : []))
    .sort()[0]
  return {
    activityId,
    workflowId: found.workflow_id,
    publishedAt: found.published_at.toISOString(),
    state: stateOf(found),
    inApp: { delivered: found.delivered, viewed: found.viewed, total: found.delivered },
    emails: { total: found.groups.reduce((sum, { count }) => sum + count, 0), ...counts },
    retries: { nextAt: nextAt ?? null, reasons: withReason('retrying') },
    failures: withReason('failed'),
    teacherTold: found.told && toldIn(found.told, locale),
  }
}

function stateOf({ batch_state: batch }: Groups): 'preparing' | 'sending' | 'finished' | 'incomplete' {
  if (batch === null) return 'preparing'
  if (batch === 'success') return 'finished'
  return batch === 'open' ? 'sending' : 'incomplete'
}

function toldIn({ at, category, details: { sent, total } }: NonNullable<Groups['told']>, locale: Locale) {
  const outcome: 'all-sent' | 'some-failed' | 'nobody' =
    category === 'class-activity-emails-incomplete' ? 'some-failed' : total === 0 ? 'nobody' : 'all-sent'
  const words: Record<typeof outcome, Text> = {
    'all-sent': { en: `All ${total} e-mails were sent.`, pt: `Todos os ${total} e-mails foram enviados.` },
    'some-failed': { en: `${sent} of ${total} sent.`, pt: `${sent} de ${total} enviados.` },
    nobody: { en: 'There was nobody to tell.', pt: 'Não havia quem avisar.' },
  }
  return { at: new Date(at).toISOString(), outcome, sent, total, text: textIn(words[outcome], locale) }
}

export const studentsOf = (
  rows: readonly StudentRow[],
  locale: Locale,
): z.output<typeof delivery.response>['students'] =>
  rows.map((row) => ({
    studentId: row.student_id,
    name: row.name,
    inAppAt: row.in_app_at.toISOString(),
    viewedAt: row.viewed_at?.toISOString() ?? null,
    email: row.email,
    sentAt: row.sent_at?.toISOString() ?? null,
    failures: row.failures,
    nextTryAt: row.next_at?.toISOString() ?? null,
    reason: ['retrying', 'failed', 'cancelled'].includes(row.email) ? reasonIn(row.reason, locale) : null,
  }))

/** The words in which results are told: a notice in the app, the e-mail to a student, and what staff hear of it. */
import type { Locale, Text } from '../../../platform/http/endpoint.ts'
import { renderEmail } from '../../../platform/mail/layout.ts'
import { frequencyText } from '../../../platform/percent.ts'
import type { NewNotification } from '../../notifications/notifications.queries.ts'
import type { Contact } from '../../users/contact.queries.ts'
import type { Result } from '../result.ts'
import type { ToldResult } from './result-notice.queries.ts'

/** Of the messages, and the stored name of their batch. */
export const PURPOSE = 'class-result-notices'

const RESULTS: Record<Result, Text> = {
  approved: { en: 'passed', pt: 'aprovado' },
  'failed-by-note': { en: 'failed by grades', pt: 'reprovado por nota' },
  'failed-by-frequency': { en: 'failed by absences', pt: 'reprovado por falta' },
}

const NOTES_PAGE = '/app/notes'

export const resultNotice = (finalizationId: string, results: readonly ToldResult[]): NewNotification => ({
  category: 'class-results',
  subjectId: finalizationId,
  title: { en: 'Your results', pt: 'Seus resultados' },
  description: {
    en: results.map(({ discipline, result }) => `${discipline}: ${RESULTS[result].en}`).join('; '),
    pt: results.map(({ discipline, result }) => `${discipline}: ${RESULTS[result].pt}`).join('; '),
  },
  link: NOTES_PAGE,
})

type Tally = { sent: number; total: number; classes: number }

export function resultsSent(finalizationId: string, { sent, total, classes }: Tally): NewNotification {
  const said: Text =
    total === 0
      ? {
          en: 'Nobody was enrolled, so there was nobody to tell.',
          pt: 'Não havia matriculados, então não havia quem avisar.',
        }
      : total === 1
        ? { en: 'The student’s results were sent.', pt: 'Os resultados do aluno foram enviados.' }
        : {
            en: `The results of all ${total} students were sent.`,
            pt: `Os resultados de todos os ${total} alunos foram enviados.`,
          }
  return {
    category: 'class-results-sent',
    subjectId: finalizationId,
    title:
      classes === 1
        ? { en: 'Class finalized', pt: 'Turma finalizada' }
        : { en: `${classes} classes finalized`, pt: `${classes} turmas finalizadas` },
    description: said,
    link: '/app/classes',
    details: { sent, total },
  }
}

export const resultsIncomplete = (finalizationId: string, { sent, total }: Tally): NewNotification => ({
  category: 'class-results-incomplete',
  subjectId: finalizationId,
  title: { en: 'Not all results were sent', pt: 'Nem todos os resultados foram enviados' },
  description: {
    en: `${sent} of ${total} e-mails were sent. The list of students shows who has e-mail problems.`,
    pt: `${sent} de ${total} e-mails foram enviados. A lista de alunos mostra quem tem problemas de e-mail.`,
  },
  link: '/app/students',
  details: { sent, total },
})

export function emailFor(
  { name, email, locale, institution }: Contact,
  results: readonly ToldResult[],
  publicUrl: string,
) {
  const say = (en: string, pt: string) => (locale === 'en' ? en : pt)
  const title = say('Your results', 'Seus resultados')
  const { html, text } = renderEmail({
    locale,
    brand: institution,
    title,
    paragraphs: [
      say(
        `Hello, ${name}. Your classes have finished. Here are your results.`,
        `Olá, ${name}. Suas turmas foram finalizadas. Estes são os seus resultados.`,
      ),
    ],
    facts: results.map((each) => [each.discipline, resultIn(each, locale)]),
    action: { label: say('See my grades', 'Ver minhas notas'), url: `${publicUrl}${NOTES_PAGE}` },
    footer: say(
      `You receive this because you were enrolled at ${institution}.`,
      `Você recebe esta mensagem porque estava matriculado em ${institution}.`,
    ),
  })
  return { fromName: institution, to: email, toName: name, subject: title, html, text, tags: [PURPOSE] }
}

function resultIn({ result, average, frequency }: ToldResult, locale: Locale): string {
  const number = (value: number) =>
    new Intl.NumberFormat(locale === 'en' ? 'en-GB' : 'pt-BR', { minimumFractionDigits: 2 }).format(value)
  const of = RESULTS[result][locale === 'en' ? 'en' : 'pt']
  return locale === 'en'
    ? `${of} (average ${number(average)}, attendance ${frequencyText(frequency, locale)})`
    : `${of} (média ${number(average)}, frequência ${frequencyText(frequency, locale)})`
}

/** The words in which an activity is announced: notices in the app, the e-mail to a student. */
import { dateInWords } from '../../../platform/calendar.ts'
import type { Text } from '../../../platform/http/endpoint.ts'
import { renderEmail } from '../../../platform/mail/layout.ts'
import { percentText } from '../../../platform/percent.ts'
import { zoneInWords } from '../../../platform/time-zones.ts'
import type { NewNotification } from '../../notifications/notifications.queries.ts'
import type { ActivityType } from '../class-activity.fields.ts'
import type { ActivityOutline, Contact } from './announcement.queries.ts'

/** Of the messages, and the stored name of their batch. */
export const PURPOSE = 'new-class-activity-emails'

const linkTo = (activityId: string) => `/app/activities/${activityId}`

const about = ({ discipline, title }: ActivityOutline): Text => ({
  en: `${discipline}: ${title}`,
  pt: `${discipline}: ${title}`,
})

export const newActivity = (activity: ActivityOutline): NewNotification => ({
  category: 'new-class-activity',
  subjectId: activity.id,
  title: { en: 'New activity', pt: 'Nova atividade' },
  description: about(activity),
  link: linkTo(activity.id),
})

type Tally = { sent: number; total: number }

export function emailsSent(activity: ActivityOutline, { sent, total }: Tally): NewNotification {
  const said: Text =
    total === 0
      ? {
          en: `Nobody is enrolled in the class, so there was nobody to tell about “${activity.title}”.`,
          pt: `Não há alunos matriculados na turma, então não havia quem avisar sobre “${activity.title}”.`,
        }
      : total === 1
        ? {
            en: `The e-mail about “${activity.title}” was sent.`,
            pt: `O e-mail sobre “${activity.title}” foi enviado.`,
          }
        : {
            en: `All ${total} e-mails about “${activity.title}” were sent.`,
            pt: `Todos os ${total} e-mails sobre “${activity.title}” foram enviados.`,
          }
  return {
    category: 'class-activity-emails-sent',
    subjectId: activity.id,
    title:
      total === 0
        ? { en: 'Nobody to tell', pt: 'Ninguém para avisar' }
        : { en: 'E-mails sent', pt: 'E-mails enviados' },
    description: said,
    link: linkTo(activity.id),
    details: { sent, total },
  }
}

export const emailsIncomplete = (activity: ActivityOutline, { sent, total }: Tally): NewNotification => ({
  category: 'class-activity-emails-incomplete',
  subjectId: activity.id,
  title: { en: 'Not all e-mails were sent', pt: 'Nem todos os e-mails foram enviados' },
  description: {
    en: `${sent} of ${total} sent: “${activity.title}”. The activity shows who is missing.`,
    pt: `${sent} de ${total} enviados: “${activity.title}”. A atividade mostra quem falta.`,
  },
  link: linkTo(activity.id),
  details: { sent, total },
})

const TYPES: Record<ActivityType, Text> = {
  exam: { en: 'Exam', pt: 'Prova' },
  work: { en: 'Assignment', pt: 'Trabalho' },
  research: { en: 'Research', pt: 'Pesquisa' },
  presentation: { en: 'Presentation', pt: 'Apresentação' },
}

export function emailFor(contact: Contact, publicUrl: string) {
  const { locale } = contact
  const say = (en: string, pt: string) => (locale === 'en' ? en : pt)
  const due = `${dateInWords(contact.dueDate, locale)}, ${contact.dueHour} (${zoneInWords(contact.timeZone, locale)})`
  const { html, text } = renderEmail({
    locale,
    brand: contact.institution,
    title: say(`New activity: ${contact.title}`, `Nova atividade: ${contact.title}`),
    paragraphs: [
      say(
        `Hello, ${contact.name}. There is a new activity in ${contact.discipline}.`,
        `Olá, ${contact.name}. Há uma nova atividade em ${contact.discipline}.`,
      ),
      { written: contact.description },
    ],
    facts: [
      [say('Class', 'Turma'), contact.discipline],
      [say('Activity', 'Atividade'), contact.title],
      [say('Type', 'Tipo'), say(TYPES[contact.type].en, TYPES[contact.type].pt)],
      [say('Weight', 'Peso'), `${percentText(contact.weight, locale)} (${contact.note})`],
      [say('Due', 'Entrega'), due],
    ],
    action: {
      label: say('Open the activity', 'Abrir a atividade'),
      url: `${publicUrl}${linkTo(contact.activityId)}`,
    },
    footer: say(
      `You receive this because you are enrolled in ${contact.discipline} at ${contact.institution}.`,
      `Você recebe esta mensagem porque está matriculado em ${contact.discipline}, ${contact.institution}.`,
    ),
  })
  return {
    fromName: `${contact.teacher} via ${contact.institution}`,
    to: contact.email,
    toName: contact.name,
    // The writer and the institution stand in the sender's name.
    subject: say(`New activity: ${contact.title}`, `Nova atividade: ${contact.title}`).replace(/\s+/g, ' '),
    html,
    text,
    tags: [PURPOSE],
  }
}

/** The words in which a student is welcomed. */
import { INVITATION_DAYS } from '../../../platform/auth/invitation.ts'
import { renderEmail } from '../../../platform/mail/layout.ts'
import type { Contact } from '../../users/contact.queries.ts'
import type { EnteredCourse } from './welcome.queries.ts'

export const PURPOSE = 'student-welcome'

export function welcomeFor(
  { name, email, locale, institution }: Contact,
  { course, enrollmentCode }: EnteredCourse,
  link: string,
) {
  const say = (en: string, pt: string) => (locale === 'en' ? en : pt)
  const { html, text } = renderEmail({
    locale,
    brand: institution,
    title: say(`Welcome to ${institution}`, 'Boas-vindas!'),
    paragraphs: [
      say(
        `Hello, ${name}. Your account shows your classes, activities, grades and attendance, and there you choose your classes.`,
        `Olá, ${name}. Na sua conta você vê turmas, atividades, notas e frequência, e faz a sua matrícula.`,
      ),
      say(
        `Choose a password to enter. The link works once, for ${INVITATION_DAYS} days.`,
        `Escolha uma senha para entrar. O link funciona uma vez, por ${INVITATION_DAYS} dias.`,
      ),
    ],
    facts: [
      [say('Course', 'Curso'), course],
      [say('Enrolment code', 'Matrícula'), enrollmentCode],
      [say('Your e-mail', 'Seu e-mail'), email],
    ],
    action: { label: say('Choose a password', 'Escolher a senha'), url: link },
    footer: say(
      `You receive this because you entered ${course} at ${institution}. If you did not, ignore it.`,
      `Você recebe esta mensagem porque ingressou no curso ${course} (${institution}). Se não for o seu caso, ignore-a.`,
    ),
  })
  return {
    fromName: institution,
    to: email,
    toName: name,
    subject: say(`Welcome to ${institution}`, `Boas-vindas! Sua conta: ${institution}`),
    html,
    text,
    tags: [PURPOSE],
  }
}

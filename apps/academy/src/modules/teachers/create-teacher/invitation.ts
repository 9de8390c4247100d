/** The words in which a teacher is invited. */
import { INVITATION_DAYS } from '../../../platform/auth/invitation.ts'
import { renderEmail } from '../../../platform/mail/layout.ts'
import type { Contact } from '../../users/contact.queries.ts'

export const PURPOSE = 'teacher-invitation'

export function invitationFor({ name, email, locale, institution }: Contact, link: string) {
  const say = (en: string, pt: string) => (locale === 'en' ? en : pt)
  const { html, text } = renderEmail({
    locale,
    brand: institution,
    title: say(`Your account at ${institution}`, `Sua conta de professor: ${institution}`),
    paragraphs: [
      say(
        `Hello, ${name}. You now have an account with your agenda, your classes, attendance and grades.`,
        `Olá, ${name}. Você agora tem uma conta com a sua agenda, as suas turmas, chamadas e notas.`,
      ),
      say(
        `Choose a password to enter. The link works once, for ${INVITATION_DAYS} days.`,
        `Escolha uma senha para entrar. O link funciona uma vez, por ${INVITATION_DAYS} dias.`,
      ),
    ],
    facts: [[say('Your e-mail', 'Seu e-mail'), email]],
    action: { label: say('Choose a password', 'Escolher a senha'), url: link },
    footer: say(
      `You receive this because ${institution} registered this address for a teacher. If that is not you, ignore it.`,
      `Você recebe esta mensagem porque ${institution} informou o seu endereço como de professor. Se não for o seu caso, ignore-a.`,
    ),
  })
  return {
    fromName: institution,
    to: email,
    toName: name,
    subject: say(`Your account at ${institution}`, `Sua conta de professor: ${institution}`),
    html,
    text,
    tags: [PURPOSE],
  }
}

/** The words in which somebody is told that their password was changed. */
import { renderEmail } from '../../../platform/mail/layout.ts'
import type { Contact } from '../contact.queries.ts'

export const PURPOSE = 'password-changed'

export function passwordChangedFor({ name, email, locale, institution }: Contact, publicUrl: string) {
  const say = (en: string, pt: string) => (locale === 'en' ? en : pt)
  const subject = say('Your password was changed', 'Sua senha foi trocada')
  const { html, text } = renderEmail({
    locale,
    brand: institution,
    title: subject,
    paragraphs: [
      say(
        `Hello, ${name}. The password of your account was changed, and all other devices were signed out.`,
        `Olá, ${name}. A senha da sua conta foi trocada, e todos os outros aparelhos saíram da conta.`,
      ),
      say(
        'If it was you, there is nothing to do. If it was not, choose another password now: the link below leads to it.',
        'Se foi você, não precisa fazer nada. Se não foi, escolha outra senha agora: o botão abaixo leva até lá.',
      ),
    ],
    action: { label: say('It was not me', 'Não fui eu'), url: `${publicUrl}/app/forgot-password` },
    footer: say(
      `You receive this because of your account at ${institution}.`,
      `Você recebe esta mensagem por causa da sua conta em ${institution}.`,
    ),
  })
  return { to: email, toName: name, subject, html, text, tags: [PURPOSE] }
}

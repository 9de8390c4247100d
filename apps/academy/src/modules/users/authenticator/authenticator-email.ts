/** The words in which somebody is told what happened to their second factor. */
import { renderEmail } from '../../../platform/mail/layout.ts'
import type { Contact } from '../contact.queries.ts'
import type { AuthenticatorChange } from './authenticator.commands.ts'

export const PURPOSE = 'authenticator-changed'

const WORDS: Record<AuthenticatorChange, Record<'title' | 'said', { en: string; pt: string }>> = {
  on: {
    title: { en: 'Two-step verification is on', pt: 'A verificação em duas etapas está ligada' },
    said: {
      en: 'From now on your account asks for a code of your authenticator app as well. All other devices were signed out.',
      pt: 'A partir de agora a sua conta pede também um código do aplicativo autenticador. Todos os outros aparelhos saíram dela.',
    },
  },
  off: {
    title: { en: 'Two-step verification is off', pt: 'A verificação em duas etapas está desligada' },
    said: {
      en: 'Your account no longer asks for a code: the password alone opens it.',
      pt: 'A sua conta não pede mais um código: só a senha já a abre.',
    },
  },
  'recovery-code-used': {
    title: { en: 'A recovery code was used', pt: 'Um código de recuperação foi usado' },
    said: {
      en: 'One of the recovery codes of your account was used in place of the app. It works no more.',
      pt: 'Um dos códigos de recuperação da sua conta foi usado no lugar do aplicativo. Ele não vale mais.',
    },
  },
  'recovery-codes-renewed': {
    title: { en: 'Your recovery codes are new', pt: 'Seus códigos de recuperação são novos' },
    said: {
      en: 'New recovery codes were made for your account. Those that you had before work no more.',
      pt: 'A sua conta tem novos códigos de recuperação. Os que você tinha antes não valem mais.',
    },
  },
}

export function authenticatorEmail(
  { name, email, locale, institution }: Contact,
  change: AuthenticatorChange,
  publicUrl: string,
) {
  const say = (en: string, pt: string) => (locale === 'en' ? en : pt)
  const { title, said } = WORDS[change]
  const subject = say(title.en, title.pt)
  const { html, text } = renderEmail({
    locale,
    brand: institution,
    title: subject,
    paragraphs: [
      say(`Hello, ${name}. ${said.en}`, `Olá, ${name}. ${said.pt}`),
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

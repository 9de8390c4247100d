/** The words in which somebody is told what happened to their second factor. */
import type { TurnedOffBy } from '../../../platform/http/endpoint.ts'
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
  'off-by-staff': {
    title: { en: 'Two-step verification was turned off', pt: 'A verificação em duas etapas foi desligada' },
    said: {
      en: 'The academic office turned two-step verification of your account off: the password alone opens it. All devices were signed out.',
      pt: 'A secretaria acadêmica desligou a verificação em duas etapas da sua conta: só a senha já a abre. Todos os aparelhos saíram dela.',
    },
  },
  'off-by-operator': {
    title: { en: 'Two-step verification was turned off', pt: 'A verificação em duas etapas foi desligada' },
    said: {
      en: 'Whoever runs this installation turned two-step verification of your account off, and removed its password: a link leads to another one. All devices were signed out.',
      pt: 'Quem opera esta instalação desligou a verificação em duas etapas da sua conta, e removeu a senha: um link leva a outra. Todos os aparelhos saíram dela.',
    },
  },
}

export function authenticatorEmail(
  contact: Contact,
  change: AuthenticatorChange,
  { publicUrl, ...whom }: { publicUrl: string; turnedOffBy: TurnedOffBy; operatorContact: string | undefined },
) {
  const { name, email, locale, institution } = contact
  const say = (en: string, pt: string) => (locale === 'en' ? en : pt)
  const { title, said } = WORDS[change]
  const subject = say(title.en, title.pt)
  const { html, text } = renderEmail({
    locale,
    brand: institution,
    title: subject,
    paragraphs: [
      say(`Hello, ${name}. ${said.en}`, `Olá, ${name}. ${said.pt}`),
      change === 'on'
        ? lockedOut(contact, whom)
        : say(
            'If it was you, or you asked for it, there is nothing to do. If not, choose another password now: the link below leads to it.',
            'Se foi você, ou você pediu, não precisa fazer nada. Se não, escolha outra senha agora: o botão abaixo leva até lá.',
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

const WHOM: Record<TurnedOffBy, (institution: string, contact: string) => { en: string; pt: string }> = {
  office: (institution) => ({
    en: `the academic office of ${institution}`,
    pt: `à secretaria acadêmica de ${institution}`,
  }),
  colleague: (institution) => ({
    en: `a colleague in the academic office of ${institution}`,
    pt: `a um colega da secretaria acadêmica de ${institution}`,
  }),
  operator: (_, contact) => ({
    en: `whoever runs this installation${contact}`,
    pt: `a quem opera esta instalação${contact}`,
  }),
}

/** Another password does not open an account whose codes somebody else has. */
function lockedOut(
  { locale, institution }: Contact,
  { turnedOffBy, operatorContact }: { turnedOffBy: TurnedOffBy; operatorContact: string | undefined },
): string {
  const { en, pt } = WHOM[turnedOffBy](institution, operatorContact ? ` (${operatorContact})` : '')
  return locale === 'en'
    ? `If it was you, there is nothing to do. If it was not, choose another password now by the link below, which signs everybody out, and ask ${en} to turn two-step verification off: until then your account asks for a code that you do not have.`
    : `Se foi você, não precisa fazer nada. Se não foi, escolha outra senha agora pelo botão abaixo, o que tira todos os aparelhos da conta, e peça ${pt} que desligue a verificação em duas etapas: até lá a sua conta pede um código que você não tem.`
}

import { renderEmail } from '../../../platform/mail/layout.ts'

export const PURPOSE = 'reset-password'
export const RESET_MINUTES = 60

export type ResetContact = { name: string; email: string; locale: 'pt-BR' | 'en' }

export function resetEmail({ name, email, locale }: ResetContact, publicUrl: string, token: string) {
  const say = (en: string, pt: string) => (locale === 'en' ? en : pt)
  const subject = say('Choose a new password', 'Escolha uma nova senha')
  const { html, text } = renderEmail({
    locale,
    brand: 'Cascata',
    title: subject,
    paragraphs: [
      say(`Hello, ${name}. You asked for a new password.`, `Olá, ${name}. Você pediu uma nova senha.`),
      say(
        `The link is good once, for ${RESET_MINUTES} minutes. You will be signed out everywhere.`,
        `O link vale uma vez, por ${RESET_MINUTES} minutos. Você sairá de todos os aparelhos.`,
      ),
    ],
    action: {
      label: say('Choose a password', 'Escolher a senha'),
      url: `${publicUrl}/app/choose-password?token=${encodeURIComponent(token)}`,
    },
    footer: say(
      'If you did not ask for it, ignore this: your password stays as it is.',
      'Se você não pediu, ignore esta mensagem: sua senha continua a mesma.',
    ),
  })
  return { to: email, toName: name, subject, html, text, tags: [PURPOSE] }
}

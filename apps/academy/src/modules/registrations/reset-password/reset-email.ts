/** The words that answer a forgotten password. */
import { renderEmail } from '../../../platform/mail/layout.ts'
import { RESET_MINUTES, type ResetAccount } from './reset-links.ts'

export const PURPOSE = 'reset-password'

/** @param accounts of one address; whoever has several is told which link is for which institution. */
export function resetEmail(accounts: readonly [ResetAccount, ...ResetAccount[]], publicUrl: string) {
  const [{ name, email, locale }] = accounts
  const say = (en: string, pt: string) => (locale === 'en' ? en : pt)
  const subject = say('Choose a new password', 'Escolha uma nova senha')
  const several = accounts.length > 1
  const { html, text } = renderEmail({
    locale,
    brand: 'Cascata',
    title: subject,
    paragraphs: [
      say(`Hello, ${name}. You asked for a new password.`, `Olá, ${name}. Você pediu uma nova senha.`),
      ...(several
        ? [
            say(
              'Your address has an account at several institutions, each with its own password.',
              'O seu endereço tem conta em mais de uma instituição, cada uma com a sua senha.',
            ),
          ]
        : []),
      say(
        `The link is good once, for ${RESET_MINUTES} minutes. You will be signed out everywhere.`,
        `O link vale uma vez, por ${RESET_MINUTES} minutos. Você sairá de todos os aparelhos.`,
      ),
    ],
    actions: accounts.map(({ institution, token }) => ({
      label: several ? institution : say('Choose a password', 'Escolher a senha'),
      url: `${publicUrl}/app/choose-password?token=${encodeURIComponent(token)}`,
    })),
    footer: say(
      'If you did not ask for it, ignore this: your password stays as it is.',
      'Se você não pediu, ignore esta mensagem: sua senha continua a mesma.',
    ),
  })
  return { to: email, toName: name, subject, html, text, tags: [PURPOSE] }
}

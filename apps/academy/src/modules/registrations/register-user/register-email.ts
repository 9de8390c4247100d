/** The words of the e-mails that a registration is answered with. */
import { renderEmail } from '../../../platform/mail/layout.ts'
import { REGISTRATION_HOURS, type RegistrationColumns } from '../registration.ts'

export const PURPOSE = 'user-register-confirmation'

/** @param hasAccount somebody who works for one institution may begin another, or has only forgotten to sign in. */
export function confirmationEmail(
  { email, locale }: RegistrationColumns,
  { publicUrl, token, hasAccount }: { publicUrl: string; token: string; hasAccount: boolean },
) {
  const say = (en: string, pt: string) => (locale === 'en' ? en : pt)
  const subject = say('Finish your registration', 'Conclua o seu cadastro')
  const { html, text } = renderEmail({
    locale,
    brand: 'Cascata',
    title: subject,
    paragraphs: [
      say(
        'One step is left: choose a password and a name for your institution.',
        'Falta um passo: escolha uma senha e um nome para a sua instituição.',
      ),
      say(`The link is good for ${REGISTRATION_HOURS} hours.`, `O link vale por ${REGISTRATION_HOURS} horas.`),
      ...(hasAccount
        ? [
            say(
              'You have an account already. To enter it, sign in as always; the link makes a new institution.',
              'Você já tem uma conta. Para entrar nela, use a página de entrada; o link cria uma nova instituição.',
            ),
          ]
        : []),
    ],
    action: {
      label: say('Finish the registration', 'Concluir o cadastro'),
      url: `${publicUrl}/app/register?token=${encodeURIComponent(token)}`,
    },
    footer: say(
      'You receive this because somebody registered with this address. If it was not you, ignore it: nothing will happen.',
      'Você recebe esta mensagem porque alguém se cadastrou com este endereço. Se não foi você, ignore-a: nada acontecerá.',
    ),
  })
  return { to: email, subject, html, text, tags: [PURPOSE] }
}

/** For an address whose registration is finished: the answer on the page was the same. */
export function accountExistsEmail({ email, locale }: RegistrationColumns, publicUrl: string) {
  const say = (en: string, pt: string) => (locale === 'en' ? en : pt)
  const subject = say('You have an account already', 'Você já tem uma conta')
  const { html, text } = renderEmail({
    locale,
    brand: 'Cascata',
    title: subject,
    paragraphs: [
      say(
        'Somebody, perhaps you, registered with this address, which has an account already. Sign in with it.',
        'Alguém, talvez você, se cadastrou com este endereço, que já tem uma conta. Entre com ela.',
      ),
      say(
        'If you forgot the password, the sign-in page helps you to a new one.',
        'Se esqueceu a senha, a página de entrada ajuda a criar outra.',
      ),
    ],
    action: { label: say('Sign in', 'Entrar'), url: `${publicUrl}/app/sign-in` },
    footer: say(
      'If it was not you, ignore this: nothing has changed.',
      'Se não foi você, ignore esta mensagem: nada mudou.',
    ),
  })
  return { to: email, subject, html, text, tags: [PURPOSE] }
}

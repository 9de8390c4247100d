/** The words for the new address of an account, and for the one that it had. */
import { INVITATION_DAYS } from '../../../platform/auth/invitation.ts'
import { renderEmail } from '../../../platform/mail/layout.ts'
import type { Contact } from '../../users/contact.queries.ts'

export const PURPOSE = 'corrected-address'

/** @param password what became of it: whoever read the former address may have chosen it, and then it has ended. */
export function newPasswordEmail(
  contact: Contact,
  { link, password, hadAuthenticator }: { link: string; password: 'none' | 'ended'; hadAuthenticator: boolean },
) {
  const say = saying(contact)
  return correctedEmail(contact, {
    paragraphs: [
      password === 'ended'
        ? say(
            'For your safety the password that the account had no longer opens it, and everybody was signed out.',
            'Para sua segurança, a senha que a conta tinha não vale mais, e todos os aparelhos saíram dela.',
          )
        : say('The links that were sent before no longer work.', 'Os links enviados antes não funcionam mais.'),
      ...authenticatorIsOff(contact, hadAuthenticator),
      say(
        `Choose a password to enter. The link works once, for ${INVITATION_DAYS} days.`,
        `Escolha uma senha para entrar. O link funciona uma vez, por ${INVITATION_DAYS} dias.`,
      ),
    ],
    action: { label: say('Choose a password', 'Escolher a senha'), url: link },
  })
}

export function keptPasswordEmail(
  contact: Contact,
  { publicUrl, hadAuthenticator }: { publicUrl: string; hadAuthenticator: boolean },
) {
  const say = saying(contact)
  return correctedEmail(contact, {
    paragraphs: [
      say(
        'Your password is the same. You were signed out everywhere.',
        'A sua senha continua a mesma. Todos os aparelhos saíram da conta.',
      ),
      ...authenticatorIsOff(contact, hadAuthenticator),
    ],
    action: { label: say('Sign in', 'Entrar'), url: `${publicUrl}/app/sign-in` },
  })
}

function authenticatorIsOff(contact: Contact, hadAuthenticator: boolean): string[] {
  if (!hadAuthenticator) return []
  const said = saying(contact)(
    'Two-step verification was on and is off now. You set it up again in My account.',
    'A verificação em duas etapas estava ligada e agora está desligada. Você a configura de novo em Minha conta.',
  )
  return [said]
}

const saying =
  ({ locale }: Pick<Contact, 'locale'>) =>
  (en: string, pt: string) =>
    locale === 'en' ? en : pt

function correctedEmail(
  contact: Contact,
  { paragraphs, action }: { paragraphs: string[]; action: { label: string; url: string } },
) {
  const { name, email, locale, institution } = contact
  const say = saying(contact)
  const subject = say(`Your address at ${institution} was corrected`, `Seu e-mail em ${institution} foi corrigido`)
  const { html, text } = renderEmail({
    locale,
    brand: institution,
    title: subject,
    paragraphs: [
      say(
        `Hello, ${name}. ${institution} corrected the e-mail address of your account. From now on you sign in with it.`,
        `Olá, ${name}. ${institution} corrigiu o e-mail da sua conta. A partir de agora você entra com ele.`,
      ),
      ...paragraphs,
    ],
    facts: [[say('Your e-mail', 'Seu e-mail'), email]],
    action,
    footer: say(
      `You receive this because ${institution} gave your address as that of an account. If it is not yours, ignore it.`,
      `Você recebe esta mensagem porque ${institution} informou o seu endereço como o de uma conta. Se não for o seu caso, ignore-a.`,
    ),
  })
  return { to: email, toName: name, subject, html, text, tags: [PURPOSE] }
}

/** It may be a stranger's: it says no name and no other address, and opens nothing. */
export function formerAddressEmail({ email, locale, institution }: Omit<Contact, 'name'>, hadAuthenticator: boolean) {
  const say = saying({ locale })
  const subject = say(`This address was replaced at ${institution}`, `Este e-mail foi trocado em ${institution}`)
  const { html, text } = renderEmail({
    locale,
    brand: institution,
    title: subject,
    paragraphs: [
      say(
        `${institution} replaced this address of an account by another one. It no longer opens the account, and links that were sent to it no longer work.`,
        `${institution} trocou este e-mail de uma conta por outro. Ele não abre mais a conta, e os links enviados a ele não funcionam mais.`,
      ),
      ...(hadAuthenticator
        ? [
            say(
              'Two-step verification of the account was turned off with it.',
              'Com isso, a verificação em duas etapas da conta foi desligada.',
            ),
          ]
        : []),
      say(
        `If the account is yours and you did not expect this, ask the academic office of ${institution}.`,
        `Se a conta é sua e você não esperava por isso, procure a secretaria acadêmica de ${institution}.`,
      ),
    ],
    footer: say(
      'If you know nothing of such an account, there is nothing to do.',
      'Se você não conhece essa conta, não é preciso fazer nada.',
    ),
  })
  return { to: email, subject, html, text, tags: ['former-address'] }
}

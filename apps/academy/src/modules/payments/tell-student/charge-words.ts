/** The words in which a student hears of a charge. */
import type { Locale } from '../../../platform/http/endpoint.ts'
import { renderEmail } from '../../../platform/mail/layout.ts'
import type { NewNotification } from '../../notifications/notifications.queries.ts'
import type { Contact } from '../../users/contact.queries.ts'
import type { ChargeColumns } from '../charge.ts'

export const PURPOSE = 'charge'

const LINK = '/app/payments'

type Charge = Pick<ChargeColumns, 'id' | 'description' | 'amount_cents'>

const money = (cents: number, locale: Locale) =>
  `R$ ${new Intl.NumberFormat(locale, { minimumFractionDigits: 2 }).format(cents / 100)}`

export const newCharge = ({ id, description, amount_cents }: Charge): NewNotification => ({
  category: 'charge-created',
  subjectId: id,
  title: { en: 'New charge', pt: 'Nova cobrança' },
  description: {
    en: `“${description}”: ${money(amount_cents, 'en')}. You pay it on your page of payments.`,
    pt: `“${description}”: ${money(amount_cents, 'pt-BR')}. Pague na sua página de pagamentos.`,
  },
  link: LINK,
})

export const paymentReceived = ({ id, description }: Charge): NewNotification => ({
  category: 'charge-paid',
  subjectId: id,
  title: { en: 'Payment received', pt: 'Pagamento recebido' },
  description: { en: `“${description}” is paid.`, pt: `“${description}” está pago.` },
  link: LINK,
})

export const paymentRefused = ({ id, description }: Charge): NewNotification => ({
  category: 'charge-refused',
  subjectId: id,
  title: { en: 'Payment not completed', pt: 'Pagamento não concluído' },
  description: {
    en: `“${description}” was not paid. Speak to your institution if you want to pay it.`,
    pt: `“${description}” não foi pago. Se quiser pagar, fale com a sua instituição.`,
  },
  link: LINK,
})

export function emailFor({ name, email, locale, institution }: Contact, charge: Charge, publicUrl: string) {
  const say = (en: string, pt: string) => (locale === 'en' ? en : pt)
  const title = say('New charge', 'Nova cobrança')
  const { html, text } = renderEmail({
    locale,
    brand: institution,
    title: `${title}: ${charge.description}`,
    paragraphs: [
      say(
        `Hello, ${name}. ${institution} asks you for a payment. Sign in to pay it and to see how it stands.`,
        `Olá, ${name}. Há uma cobrança de ${institution} para você. Entre para pagar e para ver a situação.`,
      ),
    ],
    facts: [
      [say('Description', 'Descrição'), charge.description],
      [say('Amount', 'Valor'), money(charge.amount_cents, locale)],
    ],
    action: { label: say('See my payments', 'Ver meus pagamentos'), url: `${publicUrl}${LINK}` },
    footer: say(
      `You receive this because you study at ${institution}.`,
      `Você recebe esta mensagem porque estuda em ${institution}.`,
    ),
  })
  return {
    to: email,
    toName: name,
    subject: `${title}: ${charge.description}`.replace(/\s+/g, ' '),
    html,
    text,
    tags: [PURPOSE],
  }
}

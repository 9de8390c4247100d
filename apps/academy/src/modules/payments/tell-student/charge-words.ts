/** The words in which a student hears of a charge. */
import { dateInWords, wallClock } from '../../../platform/calendar.ts'
import { type Locale, type Text, textIn } from '../../../platform/http/endpoint.ts'
import { renderEmail } from '../../../platform/mail/layout.ts'
import { zoneInWords } from '../../../platform/time-zones.ts'
import type { NewNotification } from '../../notifications/notifications.queries.ts'
import type { Contact } from '../../users/contact.queries.ts'
import type { ChargeColumns } from '../charge.ts'

/** Words of the messages about a charge. */
export const PURPOSE = { created: 'charge', paid: 'charge-paid', refused: 'charge-refused' } as const

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

type Letter = {
  title: Text
  paragraph: Text
  facts?: [Text, string][]
  purpose: string
}

export const newChargeEmail = (contact: Contact, charge: Charge, publicUrl: string) =>
  write(contact, charge, publicUrl, {
    title: { en: 'New charge', pt: 'Nova cobrança' },
    paragraph: {
      en: `${contact.institution} asks you for a payment. Sign in to pay it and to see how it stands.`,
      pt: `Há uma cobrança de ${contact.institution} para você. Entre para pagar e para ver a situação.`,
    },
    purpose: PURPOSE.created,
  })

export function receiptEmail(contact: Contact, charge: Charge & { paidAt: Date; timeZone: string }, publicUrl: string) {
  const { locale } = contact
  const { date, hour } = wallClock(charge.paidAt, charge.timeZone)
  const paidAt = `${dateInWords(date, locale)}, ${hour} (${zoneInWords(charge.timeZone, locale)})`
  return write(contact, charge, publicUrl, {
    title: { en: 'Payment received', pt: 'Pagamento recebido' },
    paragraph: {
      en: `Your payment to ${contact.institution} has arrived. Keep this message as your receipt.`,
      pt: `Seu pagamento a ${contact.institution} chegou. Guarde esta mensagem como recibo.`,
    },
    facts: [[{ en: 'Paid on', pt: 'Pago em' }, paidAt]],
    purpose: PURPOSE.paid,
  })
}

export const refusalEmail = (contact: Contact, charge: Charge, publicUrl: string) =>
  write(contact, charge, publicUrl, {
    title: { en: 'Payment not completed', pt: 'Pagamento não concluído' },
    paragraph: {
      en: `Your payment to ${contact.institution} did not go through, and nothing was charged. Speak to your institution if you want to pay it.`,
      pt: `Seu pagamento a ${contact.institution} não foi concluído, e nada foi cobrado. Se quiser pagar, fale com a sua instituição.`,
    },
    purpose: PURPOSE.refused,
  })

function write(
  { name, email, locale, institution }: Contact,
  charge: Charge,
  publicUrl: string,
  { title, paragraph, facts = [], purpose }: Letter,
) {
  const say = (text: Text) => textIn(text, locale)
  const subject = `${say(title)}: ${charge.description}`
  const { html, text } = renderEmail({
    locale,
    brand: institution,
    title: subject,
    paragraphs: [`${say({ en: `Hello, ${name}.`, pt: `Olá, ${name}.` })} ${say(paragraph)}`],
    facts: [
      [say({ en: 'Description', pt: 'Descrição' }), charge.description],
      [say({ en: 'Amount', pt: 'Valor' }), money(charge.amount_cents, locale)],
      ...facts.map(([label, value]): [string, string] => [say(label), value]),
    ],
    action: { label: say({ en: 'See my payments', pt: 'Ver meus pagamentos' }), url: `${publicUrl}${LINK}` },
    footer: say({
      en: `You receive this because you study at ${institution}.`,
      pt: `Você recebe esta mensagem porque estuda em ${institution}.`,
    }),
  })
  return { to: email, toName: name, subject: subject.replace(/\s+/g, ' '), html, text, tags: [purpose] }
}

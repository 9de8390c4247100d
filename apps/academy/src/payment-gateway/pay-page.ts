/** The page on which a charge is paid, in the payer's language. */
import { html } from 'hono/html'
import type { KeptCharge } from './start-payment-gateway.ts'

const WORDS = {
  pt: {
    lang: 'pt-BR',
    title: 'Pagamento',
    pending: 'Ainda não foi pago.',
    paid: 'Pago. Obrigado!',
    refused: 'Pagamento recusado.',
    pay: 'Pagar',
    refuse: 'Recusar',
    simulated: 'Esta é uma simulação: nenhum dinheiro é movimentado.',
  },
  en: {
    lang: 'en',
    title: 'Payment',
    pending: 'Not paid yet.',
    paid: 'Paid. Thank you!',
    refused: 'Payment refused.',
    pay: 'Pay',
    refuse: 'Refuse',
    simulated: 'This is a simulation: no money is moved.',
  },
}

export function payPage({ description, amountCents, status }: KeptCharge, acceptLanguage = ''): string {
  const words = /^\s*en\b/i.test(acceptLanguage) ? WORDS.en : WORDS.pt
  const amount = new Intl.NumberFormat(words.lang, { style: 'currency', currency: 'BRL' }).format(amountCents / 100)
  return String(html`<!doctype html>
<html lang="${words.lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${words.title}</title>
<style>
:root { color-scheme: light dark; font-family: system-ui, sans-serif; line-height: 1.5 }
main { max-width: 26rem; margin: 10vh auto; padding: 1.5rem; border: 1px solid #8886; border-radius: .75rem }
strong { display: block; font-size: 1.75rem }
button { font: inherit; padding: .6rem 1.2rem; margin-right: .5rem; border-radius: .5rem; border: 1px solid #8888; cursor: pointer }
</style>
</head>
<body>
<main>
<h1>${words.title}</h1>
<p>${description} <strong>${amount}</strong></p>
<p role="status">${words[status]}</p>
${
  status === 'pending'
    ? html`<form method="post">
<button name="choice" value="pay">${words.pay}</button><button name="choice" value="refuse">${words.refuse}</button>
</form>`
    : ''
}
<p><small>${words.simulated}</small></p>
</main>
</body>
</html>`)
}

/**
 * E-mail by Twilio SendGrid's `POST /v3/mail/send`.
 *
 * Sources: twilio/sendgrid-oai `spec/json/tsg_mail_v3.json` (body; 202 with an empty body; `{ errors: [{ field, message }] }`),
 * docs "Rate limits" (429, `X-RateLimit-Reset` = Unix time) and "Errors" (401, also for "Maximum credits exceeded").
 * It knows no idempotency key: what is unknown here may be sent twice by another try. The key travels as `custom_args.key`, so
 * that its event webhook names it.
 */
import { Rejected } from 'cascata'
import type { ProviderMailSettings } from './mail-settings.ts'
import {
  ChannelAtFault,
  type MailMessage,
  type OpenMailer,
  refuseUnsendable,
  senderName,
  unclearAnswer,
} from './mailer.ts'
import { callProvider, numberIn, type ProviderAnswer, rateLimited, said, textIn } from './provider-call.ts'

export function sendGridMailer(settings: ProviderMailSettings): OpenMailer {
  return {
    send: async (message) => {
      refuseUnsendable(message)
      const { baseUrl, apiKey, timeoutMs } = settings
      const answer = await callProvider({
        url: `${baseUrl}/v3/mail/send`,
        baseUrl,
        headers: { authorization: `Bearer ${apiKey}` },
        body: requestBody(settings, message),
        timeoutMs,
        signal: message.signal,
      })
      return judge(answer, message)
    },
    close: async () => {},
  }
}

function requestBody({ from }: ProviderMailSettings, message: MailMessage) {
  const name = senderName(message, from)
  return {
    personalizations: [{ to: [{ email: message.to, ...(message.toName ? { name: message.toName } : {}) }] }],
    from: { email: from.email, ...(name ? { name } : {}) },
    subject: message.subject,
    // text/plain first: the API refuses any other order.
    content: [
      { type: 'text/plain', value: message.text },
      { type: 'text/html', value: message.html },
    ],
    custom_args: { key: message.key },
    ...(message.tags?.length ? { categories: message.tags } : {}),
  }
}

function judge({ status, headers, json }: ProviderAnswer, message: MailMessage): { providerId: string } {
  // 202 is the whole answer: the body is empty, and the id, where there is one, a header.
  if (status === 202) return { providerId: headers.get('x-message-id') || `accepted:${message.key}` }
  const answer = said(status, undefined, errorsIn(json))
  if (status === 429) {
    const unixSeconds = numberIn(headers, 'x-ratelimit-reset')
    throw rateLimited(answer, headers, unixSeconds === undefined ? undefined : unixSeconds * 1000 - Date.now())
  }
  if (status < 300 || status === 408 || status >= 500) {
    throw unclearAnswer(status, answer)
  }
  // 401 is a wrong key or "Maximum credits exceeded"; neither is the message's fault. 3xx and 404: a wrong address of the API.
  if (status < 400 || [401, 402, 403, 404].includes(status)) throw new ChannelAtFault(answer)
  throw new Rejected(`The mail service refused the message (${answer}).`, { retryable: false })
}

function errorsIn(json: unknown): string | undefined {
  const errors = (json as { errors?: unknown } | undefined)?.errors
  if (!Array.isArray(errors)) return undefined
  const texts = errors.slice(0, 5).map((error) => {
    const message = textIn(error, 'message') ?? 'no message'
    const field = textIn(error, 'field')
    return field ? `${field}: ${message}` : message
  })
  return texts.join('; ').slice(0, 500) || undefined
}

/**
 * E-mail over HTTP, in the shape of Brevo's `POST /v3/smtp/email`.
 *
 * Sources: developers.brevo.com/reference/sendtransacemail (body, 201 `{ messageId }`); its changelog
 * "email-api-now-supports-idempotency" (`headers.idempotencyKey` inside the JSON body, a UUID, kept for at least 15 minutes);
 * "api-limits" and "limit-headers" (429, `x-sib-ratelimit-reset` = seconds that remain); getbrevo/brevo-node
 * `model/errorModel.ts` (the `code` values, `duplicate_request` among them). RFC 9110 §10.2.3 for Retry-After.
 */
import { Rejected } from 'cascata'
import type { HttpMailSettings } from './mail-settings.ts'
import {
  ChannelAtFault,
  DeliveryUnknown,
  type MailMessage,
  type OpenMailer,
  refuseUnsendable,
  senderName,
  unclearAnswer,
} from './mailer.ts'
import { callProvider, numberIn, type ProviderAnswer, rateLimited, said, textIn } from './provider-call.ts'

/** Codes that speak of the account, whatever the HTTP status they come with. */
const ACCOUNT_CODES = new Set([
  'unauthorized',
  'permission_denied',
  'not_enough_credits',
  'account_under_validation',
  'payment_required',
])

export function httpMailer(settings: HttpMailSettings): OpenMailer {
  return { send: (message) => send(settings, message), close: async () => {} }
}

async function send(settings: HttpMailSettings, message: MailMessage): Promise<{ providerId: string }> {
  refuseUnsendable(message)
  const answer = await callProvider({
    url: `${settings.baseUrl}/v3/smtp/email`,
    baseUrl: settings.baseUrl,
    headers: { 'api-key': settings.apiKey },
    body: requestBody(settings, message),
    timeoutMs: settings.timeoutMs,
    signal: message.signal,
  })
  return judge(answer, message)
}

function requestBody(settings: HttpMailSettings, message: MailMessage) {
  const name = senderName(message, settings.from)
  return {
    sender: { email: settings.from.email, ...(name ? { name } : {}) },
    to: [{ email: message.to, ...(message.toName ? { name: message.toName } : {}) }],
    subject: message.subject,
    htmlContent: message.html,
    textContent: message.text,
    headers: { idempotencyKey: message.key },
    ...(message.tags?.length ? { tags: message.tags } : {}),
  }
}

function judge({ status, headers, json }: ProviderAnswer, message: MailMessage): { providerId: string } {
  const code = textIn(json, 'code')
  const messageId = textIn(json, 'messageId')
  if (code === 'duplicate_request') {
    // The first request with this key was accepted; Brevo does not repeat its id.
    return { providerId: messageId ?? `duplicate:${message.key}` }
  }
  if (status >= 200 && status < 300) {
    // "Accepted" that cannot be read to its end is not an answer: it may be a proxy's.
    if (!messageId) throw new DeliveryUnknown(`The mail service answered ${status} without a readable messageId.`)
    return { providerId: messageId }
  }
  const answer = said(status, code, textIn(json, 'message'))
  if (status === 429) {
    const seconds = numberIn(headers, 'x-sib-ratelimit-reset')
    throw rateLimited(answer, headers, seconds === undefined ? undefined : seconds * 1000)
  }
  if (status >= 500 || status === 408) throw unclearAnswer(status, answer)
  if (status < 400 || status === 401 || status === 402 || status === 403 || status === 404)
    throw new ChannelAtFault(answer)
  if (code !== undefined && ACCOUNT_CODES.has(code)) throw new ChannelAtFault(answer)
  throw new Rejected(`The mail service refused the message (${answer}).`, { retryable: false })
}

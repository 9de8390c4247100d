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
import { ChannelAtFault, DeliveryUnknown, type MailMessage, type OpenMailer, refuseUnsendable } from './mailer.ts'

/** The connection was never made, so not a byte of the request left (errno of connect and getaddrinfo; undici's own code). */
const NEVER_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])

/** Codes that speak of the account, whatever the HTTP status they come with. */
const ACCOUNT_CODES = new Set([
  'unauthorized',
  'permission_denied',
  'not_enough_credits',
  'account_under_validation',
  'payment_required',
])

/** What a provider may ask for at most; beyond it the policy of the command decides. */
const RETRY_AFTER_MAX_MS = 24 * 60 * 60 * 1000

export function httpMailer(settings: HttpMailSettings): OpenMailer {
  return { send: (message) => send(settings, message), close: async () => {} }
}

async function send(settings: HttpMailSettings, message: MailMessage): Promise<{ providerId: string }> {
  refuseUnsendable(message)
  const timeout = AbortSignal.timeout(settings.timeoutMs)
  const signal = message.signal ? AbortSignal.any([timeout, message.signal]) : timeout
  let response: Response
  try {
    response = await fetch(`${settings.baseUrl}/v3/smtp/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', 'api-key': settings.apiKey },
      body: JSON.stringify(requestBody(settings, message)),
      redirect: 'manual',
      signal,
    })
  } catch (error) {
    throw noAnswer(error, timeout.aborted, settings)
  }
  return judge(response, message)
}

function requestBody(settings: HttpMailSettings, message: MailMessage) {
  return {
    sender: { email: settings.from.email, ...(settings.from.name ? { name: settings.from.name } : {}) },
    to: [{ email: message.to, ...(message.toName ? { name: message.toName } : {}) }],
    subject: message.subject,
    htmlContent: message.html,
    textContent: message.text,
    headers: { idempotencyKey: message.key },
    ...(message.tags?.length ? { tags: message.tags } : {}),
  }
}

function noAnswer(error: unknown, timedOut: boolean, settings: HttpMailSettings): Error {
  const code = codeOf(error)
  if (code !== undefined && NEVER_CONNECTED.has(code)) {
    return new Rejected(`The mail service at ${settings.baseUrl} cannot be reached (${code}); nothing was sent.`, {
      retryable: true,
      cause: error,
    })
  }
  if (timedOut) {
    return new DeliveryUnknown(`The mail service gave no answer within ${settings.timeoutMs} ms.`, { cause: error })
  }
  return new DeliveryUnknown(`The connection to the mail service was lost before its answer (${code ?? 'no code'}).`, {
    cause: error,
  })
}

/** `fetch` wraps the reason: TypeError → cause, and an AggregateError when a name has several addresses. */
function codeOf(error: unknown): string | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; depth++) {
    const code = (at as { code?: unknown }).code
    if (typeof code === 'string') return code
    at = at instanceof AggregateError && at.errors.length > 0 ? at.errors[0] : at.cause
  }
  return undefined
}

interface Answer {
  code?: string
  message?: string
  messageId?: string
}

async function judge(response: Response, message: MailMessage): Promise<{ providerId: string }> {
  const { status } = response
  const answer = await readAnswer(response)
  if (answer?.code === 'duplicate_request') {
    // The first request with this key was accepted; Brevo does not repeat its id.
    return { providerId: answer.messageId ?? `duplicate:${message.key}` }
  }
  if (status >= 200 && status < 300) {
    // "Accepted" that cannot be read to its end is not an answer: RELIABILITY's definition of ambiguous.
    if (!answer?.messageId)
      throw new DeliveryUnknown(`The mail service answered ${status} without a readable messageId.`)
    return { providerId: answer.messageId }
  }
  const said = `${status}${answer?.code ? ` ${answer.code}` : ''}${answer?.message ? `: ${answer.message}` : ''}`
  if (status === 429) {
    const retryAfterMs = retryAfter(response.headers)
    throw new Rejected(`The mail service limits our rate (${said}).`, {
      retryable: true,
      countsAsFailure: false,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    })
  }
  if (status >= 500 || status === 408) throw new DeliveryUnknown(`The mail service answered ${said}.`)
  if (status < 400 || status === 401 || status === 402 || status === 403 || status === 404)
    throw new ChannelAtFault(said)
  if (answer?.code !== undefined && ACCOUNT_CODES.has(answer.code)) throw new ChannelAtFault(said)
  throw new Rejected(`The mail service refused the message (${said}).`, { retryable: false })
}

/** undefined when the body never came, or is not the JSON object that the API documents. */
async function readAnswer(response: Response): Promise<Answer | undefined> {
  try {
    const body: unknown = await response.json()
    if (typeof body !== 'object' || body === null) return undefined
    const { code, message, messageId } = body as Record<string, unknown>
    return {
      ...(typeof code === 'string' ? { code } : {}),
      ...(typeof message === 'string' ? { message: message.slice(0, 500) } : {}),
      ...(typeof messageId === 'string' && messageId !== '' ? { messageId } : {}),
    }
  } catch {
    return undefined
  }
}

/** Retry-After in seconds or as an HTTP date (RFC 9110 §10.2.3), else Brevo's seconds until the window opens again. */
function retryAfter(headers: Headers): number | undefined {
  const standard = headers.get('retry-after')?.trim()
  const ms =
    standard && !/^\d+$/.test(standard)
      ? Date.parse(standard) - Date.now()
      : Number(standard || headers.get('x-sib-ratelimit-reset') || Number.NaN) * 1000
  return Number.isFinite(ms) ? Math.min(Math.max(0, Math.round(ms)), RETRY_AFTER_MAX_MS) : undefined
}

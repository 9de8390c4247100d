/**
 * One request to a mail provider over HTTP, and what can be said of it whoever the provider is: not a byte left, or the
 * answer never came, or here is the answer. What the answer means is each provider's own.
 */
import { Rejected } from 'cascata'
import { DeliveryUnknown } from './mailer.ts'

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

/** What a provider may ask for at most; beyond it the policy of the command decides. */
const RETRY_AFTER_MAX_MS = 24 * 60 * 60 * 1000
/** Nothing that we read of an answer is longer; what is, is cut and then not JSON. */
const ANSWER_LENGTH_MAX = 64 * 1024

export interface ProviderCall {
  url: string
  /** For people: never the key, and of the URL only the origin. */
  baseUrl: string
  headers?: Record<string, string>
  body: object
  timeoutMs: number
  signal?: AbortSignal | undefined
}

export interface ProviderAnswer {
  status: number
  headers: Headers
  /** undefined when the body did not arrive whole, or is no JSON. */
  json: unknown
}

/** @throws Rejected when the request never left, DeliveryUnknown when it may have arrived. */
export async function callProvider(call: ProviderCall): Promise<ProviderAnswer> {
  const timeout = AbortSignal.timeout(call.timeoutMs)
  const signal = call.signal ? AbortSignal.any([timeout, call.signal]) : timeout
  let response: Response
  try {
    response = await fetch(call.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', ...call.headers },
      body: JSON.stringify(call.body),
      redirect: 'manual',
      signal,
    })
  } catch (error) {
    throw noAnswer(error, timeout.aborted, call)
  }
  const { status, headers } = response
  return { status, headers, json: await readJson(response) }
}

function noAnswer(error: unknown, timedOut: boolean, { baseUrl, timeoutMs }: ProviderCall): Error {
  const code = codeOf(error)
  if (code !== undefined && NEVER_CONNECTED.has(code)) {
    return new Rejected(`The mail service at ${baseUrl} cannot be reached (${code}); nothing was sent.`, {
      retryable: true,
      cause: error,
    })
  }
  if (timedOut) return new DeliveryUnknown(`The mail service gave no answer within ${timeoutMs} ms.`, { cause: error })
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

async function readJson(response: Response): Promise<unknown> {
  try {
    const text = await response.text()
    return text.length > ANSWER_LENGTH_MAX ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A text property of what a provider sent, cut to what a log can bear. */
export function textIn(value: unknown, name: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const text = (value as Record<string, unknown>)[name]
  return typeof text === 'string' && text !== '' ? text.slice(0, 500) : undefined
}

/** "429 too_many_requests: slow down", of what is known. */
export function said(status: number, code?: string, message?: string): string {
  return `${status}${code ? ` ${code}` : ''}${message ? `: ${message}` : ''}`
}

/**
 * 429, with the wait that was asked for: Retry-After in seconds or as an HTTP date (RFC 9110 §10.2.3), else the provider's
 * own header.
 * @param resetMs what the provider's own header says, in milliseconds from now.
 */
export function rateLimited(answer: string, headers: Headers, resetMs: number | undefined): Rejected {
  const standard = headers.get('retry-after')?.trim()
  const ms = standard
    ? /^\d+$/.test(standard)
      ? Number(standard) * 1000
      : Date.parse(standard) - Date.now()
    : (resetMs ?? Number.NaN)
  const retryAfterMs = Number.isFinite(ms) ? Math.min(Math.max(0, Math.round(ms)), RETRY_AFTER_MAX_MS) : undefined
  return new Rejected(`The mail service limits our rate (${answer}).`, {
    retryable: true,
    countsAsFailure: false,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  })
}

/** The number in a header, if it holds one. */
export function numberIn(headers: Headers, name: string): number | undefined {
  const text = headers.get(name)?.trim()
  return text && /^\d+$/.test(text) ? Number(text) : undefined
}

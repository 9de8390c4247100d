/**
 * The payment gateway, as a service that handlers are given. An order to charge carries an idempotency key: the gateway makes
 * one charge a key, and can be asked whether it knows a key, which is how an order without an answer is cleared up.
 */
import { Rejected } from 'cascata'

export interface NewCharge {
  /** The same for every try. */
  key: string
  /** Ours: what the gateway's messages name. */
  reference: string
  amountCents: number
  description: string
  /** Comes back, signed, with each message about the charge. */
  metadata: Record<string, string>
  callbackUrl: string
  signal?: AbortSignal
}

export interface GatewayCharge {
  id: string
  status: 'pending' | 'paid' | 'refused'
  /** Where it is paid. */
  payUrl: string
}

export interface PaymentGateway {
  /**
   * @throws Rejected when there certainly is no charge; PaymentUnknown when there may be one.
   */
  createCharge(charge: NewCharge): Promise<GatewayCharge>
  /** The charge made with this key, or undefined when there is none. @throws Rejected when the gateway cannot be asked. */
  findCharge(key: string, signal?: AbortSignal): Promise<GatewayCharge | undefined>
}

/** The gateway may have made the charge: no answer, or one that a proxy could have made up. */
export class PaymentUnknown extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'PaymentUnknown'
  }
}

export interface GatewaySettings {
  /** No trailing slash. */
  url: string
  apiKey: string
  timeoutMs?: number
}

const TIMEOUT_MS = 10_000
/** Of connect and getaddrinfo: not a byte left. */
const NEVER_CONNECTED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'])

type Answer = { status: number; headers: Headers; body: unknown }

export function createPaymentGateway({ url, apiKey, timeoutMs = TIMEOUT_MS }: GatewaySettings): PaymentGateway {
  const ask = async (path: string, init: RequestInit, signal: AbortSignal | undefined): Promise<Answer> => {
    const timeout = AbortSignal.timeout(timeoutMs)
    const response = await fetch(`${url}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json', ...init.headers },
      redirect: 'manual',
      signal: signal ? AbortSignal.any([timeout, signal]) : timeout,
    })
    const body: unknown = await response.json().catch(() => undefined)
    return { status: response.status, headers: response.headers, body }
  }

  return {
    async createCharge({ key, signal, ...charge }) {
      let answer: Answer
      try {
        answer = await ask(
          '/v1/charges',
          { method: 'POST', headers: { 'idempotency-key': key }, body: JSON.stringify(charge) },
          signal,
        )
      } catch (error) {
        const code = codeOf(error)
        if (code && NEVER_CONNECTED.has(code)) {
          throw new Rejected(`The payment gateway cannot be reached (${code}).`, { retryable: true, cause: error })
        }
        throw new PaymentUnknown(`The payment gateway gave no answer (${code ?? 'no code'}).`, { cause: error })
      }
      if (answer.status === 200 || answer.status === 201) {
        const made = chargeIn(answer.body)
        if (made) return made
        throw new PaymentUnknown(`The payment gateway answered ${answer.status} without a readable charge.`)
      }
      throw refusalOf(answer)
    },

    async findCharge(key, signal) {
      const cannot = (why: string, cause?: unknown) =>
        new Rejected(`The payment gateway cannot be asked (${why}).`, { retryable: true, cause })
      const query = `/v1/charges?idempotency_key=${encodeURIComponent(key)}`
      const { status, body } = await ask(query, {}, signal).catch((error: unknown) => {
        throw cannot(codeOf(error) ?? 'no answer', error)
      })
      const charges = (body as { charges?: unknown } | undefined)?.charges
      if (status !== 200 || !Array.isArray(charges)) throw cannot(`it answered ${status}`)
      if (charges.length === 0) return undefined
      const found = chargeIn(charges[0])
      if (!found) throw cannot('its charge is not readable')
      return found
    },
  }
}

function refusalOf({ status, headers, body }: Answer): Error {
  const code = (body as { code?: unknown } | undefined)?.code
  const said = typeof code === 'string' ? `${status} ${code.slice(0, 100)}` : String(status)
  if (status === 429) {
    const seconds = Number(headers.get('retry-after') || Number.NaN)
    return new Rejected(`The payment gateway limits our rate (${said}).`, {
      retryable: true,
      countsAsFailure: false,
      ...(Number.isFinite(seconds) ? { retryAfterMs: Math.max(0, seconds * 1000) } : {}),
    })
  }
  if (status >= 500 || status === 408 || status < 300)
    return new PaymentUnknown(`The payment gateway answered ${said}.`)
  // 401, 403, 404, a redirect: our settings are wrong, which somebody will put right.
  const retryable = [401, 403, 404].includes(status) || status < 400
  return new Rejected(`The payment gateway refused the charge (${said}).`, { retryable })
}

function chargeIn(value: unknown): GatewayCharge | undefined {
  const { id, status, payUrl } = (value ?? {}) as Record<string, unknown>
  if (typeof id !== 'string' || typeof payUrl !== 'string' || !/^https?:\/\//.test(payUrl)) return undefined
  if (status !== 'pending' && status !== 'paid' && status !== 'refused') return undefined
  return { id, status, payUrl }
}

function codeOf(error: unknown): string | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; depth++) {
    const { code } = at as { code?: unknown }
    if (typeof code === 'string') return code
    at = at instanceof AggregateError && at.errors.length > 0 ? at.errors[0] : at.cause
  }
  return undefined
}

/** Typed calls for pages, straight from the contracts: no generated code. Runs in the browser and in tests. */
import type { z } from 'zod'
import {
  type Endpoint,
  type FieldError,
  IDEMPOTENCY_KEY,
  type Locale,
  type Problem,
  type RequestOf,
  type ResponseOf,
} from './endpoint.ts'

/** What `call` throws: the problem body of the API, or `unreachable` when there was no answer. */
export class ApiProblem extends Error {
  readonly status: number
  readonly code: string
  readonly errors: readonly FieldError[]
  /** Names this request in the server's log. */
  readonly requestId: string | undefined

  constructor(problem: Pick<Problem, 'status' | 'code' | 'detail'> & Partial<Problem>) {
    super(problem.detail)
    this.name = 'ApiProblem'
    this.status = problem.status
    this.code = problem.code
    this.errors = problem.errors ?? []
    this.requestId = problem.requestId
  }
}

export type ClientOptions = {
  /** Default: the page's own origin. */
  baseUrl?: string
  locale?: () => Locale
  fetch?: typeof fetch
}

/** How often a request that is being done already is asked for its answer, and how long after each other. */
const ASKED_AGAIN_MAX = 10
const ASKED_AGAIN_MS = 500

/** A key for one intent; `crypto.randomUUID` is not there on a page without TLS. */
export const newIdempotencyKey = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')

const split = (path: string) => {
  const [method = 'GET', pattern = '/'] = path.split(' ')
  return { method, pattern }
}

const codeOf = (body: unknown) =>
  typeof body === 'object' && body !== null && 'code' in body ? (body.code as string) : undefined

/** The address of an endpoint with its parameters and query filled in, relative to the API's root. */
export const urlOf = <E extends Endpoint>(endpoint: E, request: RequestOf<E>): string => {
  const values = request as Record<string, unknown>
  const { pattern } = split(endpoint.path)
  const path = pattern.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(values[name])))
  const query = new URLSearchParams()
  for (const name of Object.keys(endpoint.query?.shape ?? {})) {
    const value = values[name]
    if (value !== undefined && value !== null && value !== '') query.set(name, String(value))
  }
  const search = query.toString()
  return search ? `${path}?${search}` : path
}

/** Makes `call` and `follow` for one API; a page needs one of these. */
export const createClient = ({ baseUrl = '', locale, fetch: send = fetch }: ClientOptions = {}) => {
  const call = async <E extends Endpoint>(
    endpoint: E,
    request: RequestOf<E>,
    { signal, idempotencyKey }: { signal?: AbortSignal; idempotencyKey?: string } = {},
  ): Promise<ResponseOf<E>> => {
    const { method } = split(endpoint.path)
    const headers: Record<string, string> = { accept: 'application/json' }
    if (locale) headers['accept-language'] = locale()
    const init: RequestInit = { method, headers, credentials: 'same-origin' }
    if (signal) init.signal = signal
    if (method !== 'GET') {
      const values = request as Record<string, unknown>
      headers['content-type'] = 'application/json'
      const fields = Object.keys(endpoint.body?.shape ?? {})
      init.body = JSON.stringify(Object.fromEntries(fields.map((name) => [name, values[name]])))
    }
    if (method === 'POST') headers[IDEMPOTENCY_KEY] = idempotencyKey ?? newIdempotencyKey()
    const ask = async () => {
      try {
        const answer = await send(baseUrl + urlOf(endpoint, request), init)
        return { response: answer, body: (await answer.json().catch(() => undefined)) as unknown }
      } catch (error) {
        if (signal?.aborted) throw error
        throw new ApiProblem({ status: 0, code: 'unreachable', detail: 'The server does not answer.' })
      }
    }
    let { response, body } = await ask()
    for (let again = 0; again < ASKED_AGAIN_MAX && codeOf(body) === 'request-under-way'; again++) {
      await new Promise((resolve) => setTimeout(resolve, ASKED_AGAIN_MS))
      ;({ response, body } = await ask())
    }
    if (response.ok && body !== undefined) return body as ResponseOf<E>
    if (codeOf(body) !== undefined) throw new ApiProblem(body as Problem)
    throw new ApiProblem({
      status: response.status,
      code: 'unreadable-answer',
      detail: 'The server gave an answer that is not readable.',
    })
  }

  /**
   * Follows a stream: `snapshot` with the whole state first and after every reconnection, then the endpoint's own events.
   * Returns the function that stops it.
   */
  const follow = <E extends Endpoint>(
    endpoint: E,
    request: RequestOf<E>,
    on: { snapshot?: (state: ResponseOf<E>) => void; connected?: (is: boolean) => void } & {
      [K in keyof NonNullable<E['stream']>]?: (data: z.output<NonNullable<E['stream']>[K]>) => void
    },
  ): (() => void) => {
    const source = new EventSource(baseUrl + urlOf(endpoint, request), { withCredentials: true })
    source.onopen = () => on.connected?.(true)
    source.onerror = () => on.connected?.(false)
    const handlers = on as Record<string, ((data: unknown) => void) | undefined>
    for (const name of ['snapshot', ...Object.keys(endpoint.stream ?? {})]) {
      const handler = handlers[name]
      if (handler) source.addEventListener(name, (message) => handler(JSON.parse((message as MessageEvent).data)))
    }
    return () => source.close()
  }

  return { call, follow }
}

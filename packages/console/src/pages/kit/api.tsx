/** The console's API as hooks. Pages name an endpoint of the contract; addresses, types and errors follow from it. */
import { QueryClient, type UseQueryResult, useQuery } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext, useMemo } from 'react'
import { PROBLEMS } from '../../contract/endpoint.ts'
import type { Endpoint, FieldError, ProblemCode, ResponseOf } from '../../contract/index.ts'
import type { Language } from '../i18n/words.ts'
import { AWAY_EVERY_MS, isAwayProblem } from '../page-kit/index.ts'
import { httpCall } from './address.ts'
import { useConsole } from './console.tsx'
import type { Address, Request } from './endpoints.ts'

/** What a call throws: the API's problem, or `unreachable` and `unreadable-answer`, which no server could say. */
export class ConsoleProblem extends Error {
  readonly status: number
  readonly code: string
  readonly errors: readonly FieldError[]

  constructor(status: number, code: string, detail = '', errors: readonly FieldError[] = []) {
    super(detail)
    this.name = 'ConsoleProblem'
    this.status = status
    this.code = code
    this.errors = errors
  }
}

export type Call = <E extends Endpoint>(
  endpoint: Address<E>,
  request: NoInfer<Request<E>>,
  signal?: AbortSignal,
) => Promise<ResponseOf<E>>

interface Api {
  base: string
  call: Call
}

export function createCall(base: string, language: () => Language, send: typeof fetch = fetch): Call {
  return async (endpoint, request, signal) => {
    const { method, url, body: content } = httpCall(endpoint.path, request)
    const init: RequestInit = {
      method,
      headers: { accept: 'application/json', 'accept-language': language() },
      credentials: 'same-origin',
      ...(signal ? { signal } : {}),
    }
    if (content !== undefined) {
      init.headers = { ...init.headers, 'content-type': 'application/json' }
      init.body = content
    }
    let response: Response
    try {
      response = await send(base + url, init)
    } catch (error) {
      if (signal?.aborted) throw error
      throw new ConsoleProblem(0, 'unreachable')
    }
    const body: unknown = await response.json().catch(() => undefined)
    if (response.ok && body !== undefined) return body as never
    if (typeof body === 'object' && body !== null && 'code' in body) {
      const { code, detail, errors } = body as { code: string; detail?: string; errors?: FieldError[] }
      throw new ConsoleProblem(response.status, code, detail, errors)
    }
    throw new ConsoleProblem(response.status, 'unreadable-answer')
  }
}

const ApiContext = createContext<Api | undefined>(undefined)

export function ApiProvider({ base, children }: { base: string; children: ReactNode }) {
  const { language } = useConsole()
  const value = useMemo<Api>(() => ({ base, call: createCall(base, () => language) }), [base, language])
  return <ApiContext value={value}>{children}</ApiContext>
}

export function useApi(): Api {
  const api = useContext(ApiContext)
  if (!api) throw new Error('a page of the console needs an ApiProvider above it')
  return api
}

/** No database, or no server, stands behind the answer: it comes back, and is asked until it does. */
export const isAway = (error: unknown): boolean => error instanceof ConsoleProblem && isAwayProblem(error)

/** A refusal will not change by asking again; a server that does not answer may. */
const worthRetrying = (failures: number, error: unknown) => failures < 2 && isAway(error)

export const createQueryClient = () =>
  new QueryClient({
    defaultOptions: {
      // What is new is told by the stream; a window that gets the focus asks for nothing.
      queries: { retry: worthRetrying, staleTime: 30_000, refetchOnWindowFocus: false, refetchOnReconnect: false },
    },
  })

export type Loaded<E extends Endpoint> = UseQueryResult<ResponseOf<E>, ConsoleProblem>

export const keyOf = <E extends Endpoint>(endpoint: Address<E>, request?: Request<E>) =>
  request === undefined ? [endpoint.path] : [endpoint.path, request]

/** What the stream of changes asks for again: see `live.tsx`. */
export type LiveKind = 'event' | 'command' | 'batch' | 'daemon'

export interface AskOptions {
  enabled?: boolean
  /** Keep showing the answer to the question before until this one's is there. */
  keepPrevious?: boolean
  /** Asked again when something of these kinds changes. Left out: a snapshot. */
  live?: readonly LiveKind[]
  everyMs?: number | false
}

export function useAsk<E extends Endpoint>(
  endpoint: Address<E>,
  request: NoInfer<Request<E>>,
  options: AskOptions = {},
): Loaded<E> {
  const { call } = useApi()
  const { enabled = true, keepPrevious = false, live, everyMs } = options
  return useQuery<ResponseOf<E>, ConsoleProblem>({
    queryKey: keyOf(endpoint, request),
    queryFn: ({ signal }) => call(endpoint, request, signal),
    enabled,
    ...(live ? { meta: { live } } : {}),
    refetchInterval: ({ state: { error } }) => (isAway(error) ? AWAY_EVERY_MS : (everyMs ?? false)),
    ...(keepPrevious ? { placeholderData: (previous) => previous as never } : {}),
  })
}

export function useProblemText() {
  const { t } = useConsole()
  return ({ code, message }: ConsoleProblem) => {
    if (code === 'unreachable') return t('problem.unreachable')
    return Object.hasOwn(PROBLEMS, code)
      ? t(`problem.${code as ProblemCode}`)
      : message || t('problem.unreadable-answer')
  }
}

/** The API as hooks. Pages name an endpoint of a contract; addresses, types and errors follow from it. */
import { AWAY_EVERY_MS, isAwayProblem } from '@cascata/console/page-kit'
import {
  MutationCache,
  QueryCache,
  QueryClient,
  type UseQueryResult,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'
import { createContext, type ReactNode, useContext, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiProblem, createClient, urlOf } from '../http/client.ts'
import type { Endpoint, Locale, RequestOf, ResponseOf } from '../http/endpoint.ts'
import { createIntents } from './intents.ts'

export type Call = <E extends Endpoint>(
  endpoint: E,
  request: RequestOf<E>,
  options?: { signal?: AbortSignal; idempotencyKey?: string },
) => Promise<ResponseOf<E>>

export const createCall = (locale: () => Locale): Call => createClient({ locale }).call

const CallContext = createContext<Call | undefined>(undefined)

export function ApiProvider({ call, children }: { call: Call; children: ReactNode }) {
  return <CallContext value={call}>{children}</CallContext>
}

export function useCall(): Call {
  const call = useContext(CallContext)
  if (!call) throw new Error('useCall needs an ApiProvider above it')
  return call
}

/** A refusal will not change by asking again; a server that does not answer may. */
export const worthRetrying = (failures: number, error: unknown) =>
  failures < 2 && error instanceof ApiProblem && (isAway(error) || error.status === 500)

/** No database, or no server, stands behind the answer: it comes back, and is asked until it does. */
export const isAway = (error: unknown): boolean => error instanceof ApiProblem && isAwayProblem(error)

/** @param everyMs for what is asked for again anyway. */
export const refetchWhileAway =
  (everyMs?: number) =>
  ({ state: { error } }: { state: { error: unknown } }): number | false =>
    isAway(error) ? AWAY_EVERY_MS : (everyMs ?? false)

/**
 * The question that every page has is who is signed in. It is asked again when something else meets nobody: its own failure
 * is what the shell says above every page. One that is under way already is that question: asked anew each time it would
 * never have failed often enough to be said.
 */
export function askSessionWhileAway(queries: QueryClient): void {
  void queries.invalidateQueries({ queryKey: SESSION_KEY }, { cancelRefetch: false })
}

/**
 * The same when something else was refused, as it is once the session has ended. What is under way may have been asked before
 * that, and would say that somebody is signed in.
 */
export async function askSessionAnew(queries: QueryClient): Promise<void> {
  await queries.cancelQueries({ queryKey: SESSION_KEY })
  await queries.invalidateQueries({ queryKey: SESSION_KEY })
}

export function createQueryClient(): QueryClient {
  const onError = (error: unknown) => {
    if (isAway(error)) askSessionWhileAway(queries)
    else if (error instanceof ApiProblem && error.status === 401) void askSessionAnew(queries)
  }
  const queries: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      // The session asks again by itself.
      onError: (error, { queryKey }) => queryKey[0] !== SESSION_KEY[0] && onError(error),
    }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: { queries: { retry: worthRetrying, staleTime: 5_000, refetchInterval: refetchWhileAway() } },
  })
  return queries
}

export const SESSION_KEY = ['session']

export const keyOf = <E extends Endpoint>(endpoint: E, request?: RequestOf<E>) =>
  request === undefined ? [endpoint.path] : [endpoint.path, request]

export type Loaded<E extends Endpoint> = UseQueryResult<ResponseOf<E>, ApiProblem>

export function useApi<E extends Endpoint>(
  endpoint: E,
  request: RequestOf<E>,
  options: { enabled?: boolean; keepPrevious?: boolean } = {},
): Loaded<E> {
  const call = useCall()
  return useQuery<ResponseOf<E>, ApiProblem>({
    queryKey: keyOf(endpoint, request),
    queryFn: ({ signal }) => call(endpoint, request, { signal }),
    ...(options.enabled === undefined ? {} : { enabled: options.enabled }),
    ...(options.keepPrevious ? { placeholderData: (previous) => previous as never } : {}),
  })
}

const CONFLICT = 409

/**
 * A change; what it touches is asked for again, also when something else stands there than was thought. A second click, or a
 * try after a lost answer, is the same change.
 */
export function useSend<E extends Endpoint>(
  endpoint: E,
  options: { refresh?: readonly Endpoint[]; onSuccess?: (answer: ResponseOf<E>) => void } = {},
) {
  const call = useCall()
  const queries = useQueryClient()
  const [intents] = useState(() => createIntents())
  const isPost = endpoint.path.startsWith('POST ')
  const readAgain = () => {
    for (const touched of options.refresh ?? []) void queries.invalidateQueries({ queryKey: keyOf(touched) })
  }
  return useMutation<ResponseOf<E>, ApiProblem, RequestOf<E>>({
    mutationFn: (request) => {
      if (!isPost) return call(endpoint, request)
      return intents.send(urlOf(endpoint, request), request, (idempotencyKey) =>
        call(endpoint, request, { idempotencyKey }),
      )
    },
    onError: ({ code, status }) => {
      if (code === 'idempotency-key-reused') intents.renew()
      if (status === CONFLICT) readAgain()
    },
    onSuccess: (answer) => {
      if (isPost && !intents.done()) return
      options.onSuccess?.(answer)
      readAgain()
    },
  })
}

/** The server's words are in the reader's language; only when there was no answer do we need our own. */
export function useProblemText() {
  const { t } = useTranslation()
  return (problem: ApiProblem) => {
    if (problem.code === 'unreachable') return t('problem.unreachable')
    if (problem.code === 'unreadable-answer') return t('problem.unreadable', { status: problem.status })
    return problem.message
  }
}

/** The same for what is asked for again by itself, which says so. */
export function useAwayText() {
  const { t } = useTranslation()
  const text = useProblemText()
  return (problem: ApiProblem) => {
    if (!isAway(problem)) return text(problem)
    return `${problem.code === 'unavailable' ? t('problem.unavailable') : text(problem)} ${t('state.tryingAgain')}`
  }
}

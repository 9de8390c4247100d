/** One endpoint on the server's side: the contract, and what is done within one transaction of the caller's institution. */
import type { Tx } from 'cascata'
import type { Outbound } from '../outbound/outbound.ts'
import type { SecretBox } from '../secret-box/secret-box.ts'
import type { Endpoint, InputOf, Locale, ResponseOf, Role } from './endpoint.ts'
import type { Refusal } from './refusal.ts'

/** Who is signed in. Comes from the session alone, never from anything that the client sends. */
export type Actor = { id: string; name: string; email: string; role: Role; institutionId: string }

/** What routes are given besides the request's own: the same for the whole process. */
export type RouteServices = { secretBox: SecretBox; outbound: Outbound }

export type RouteContext<E extends Endpoint> = {
  /** Parameters, query and body, checked against the contract. */
  input: InputOf<E>
  /** The request's transaction: committed with the answer, rolled back with a refusal or an error. Read-only for GET. */
  tx: Tx
  by: Actor
  locale: Locale
  services: RouteServices
}

export type Route = {
  kind: 'route'
  contract: Endpoint
  reads: 'own-institution' | 'directory'
  run: (context: RouteContext<never>) => Promise<unknown>
}

export type RouteOptions = {
  /** `directory`: signed in as the role that may read the list of institutions and users, and nothing else. */
  reads?: Route['reads']
}

/** @param path the contract's own, repeated where people read what the slice does; the compiler holds them equal. */
export function route<E extends Endpoint>(
  path: NoInfer<E['path']>,
  contract: E,
  run: (context: RouteContext<E>) => Promise<ResponseOf<E> | Refusal>,
  { reads = 'own-institution' }: RouteOptions = {},
): Route {
  if (path !== contract.path) throw new Error(`The contract of ${path} is for ${contract.path}.`)
  return { kind: 'route', contract, reads, run: run as Route['run'] }
}

export type StreamEvent = { event: string; data: unknown; id?: string }

export type StreamContext<E extends Endpoint> = {
  input: InputOf<E>
  /** Runs a read-only transaction: a stream holds none open while it waits. */
  read: <T>(run: (tx: Tx) => Promise<T>) => Promise<T>
  by: Actor
  locale: Locale
  /** Aborted when the client leaves or the server stops. */
  signal: AbortSignal
  lastEventId: string | undefined
}

export type StreamRoute = {
  kind: 'stream-route'
  contract: Endpoint
  run: (context: StreamContext<never>) => Promise<AsyncIterable<StreamEvent> | Refusal>
}

/** Server-sent events: the first event is `snapshot` with the contract's response, the others are those of its `stream`. */
export function stream<E extends Endpoint>(
  path: NoInfer<E['path']>,
  contract: E,
  run: (context: StreamContext<E>) => Promise<AsyncIterable<StreamEvent> | Refusal>,
): StreamRoute {
  if (path !== contract.path) throw new Error(`The contract of ${path} is for ${contract.path}.`)
  return { kind: 'stream-route', contract, run: run as StreamRoute['run'] }
}

/** The routes among what modules list: slices (namespaces) or single values. */
export function routesOf(modules: readonly { parts: readonly unknown[] }[]): (Route | StreamRoute)[] {
  const parts = modules.flatMap(({ parts }) => parts)
  return parts.flatMap((part) => (isRoute(part) ? [part] : Object.values(part as object).filter(isRoute)))
}

const isRoute = (value: unknown): value is Route | StreamRoute =>
  typeof value === 'object' &&
  value !== null &&
  'kind' in value &&
  (value.kind === 'route' || value.kind === 'stream-route')

/** One endpoint on the server's side: the contract, and what is done within one transaction of the caller's institution. */
import type { Tx } from 'cascata'
import type { Features } from '../allowed.ts'
import type { SignIn } from '../auth/sign-ins.ts'
import type { Outbound } from '../outbound/outbound.ts'
import type { SecretBox } from '../secret-box/secret-box.ts'
import type { Endpoint, InputOf, Locale, ResponseOf, Role } from './endpoint.ts'
import type { Refusal } from './refusal.ts'

/** Who is signed in. Comes from the session alone, never from anything that the client sends. */
export type Actor = {
  id: string
  name: string
  email: string
  role: Role
  institutionId: string
  sessionId: string
  /** Whatever they do, they have to sign in again from then on. */
  sessionEndsAt: Date
  /** Themselves, with a password. */
  signedInAt: Date
  /** An administrator who has still to set up a second factor, and until then does nothing else. */
  authenticatorNeeded: boolean
  /** As in `Access`: for which their session was allowed. */
  accessVersion: number
  /** They came through the door of a demonstration institution, which this person opened. */
  openedBy?: string
}

/** What routes are given besides the request's own: the same for the whole process. */
export type RouteServices = {
  secretBox: SecretBox
  outbound: Outbound & { publicOnly: Outbound }
  features: Features
  /** E-mail is sent by a provider and not kept in the mailbox of development. */
  mailReachesPeople: boolean
  /** At which whoever runs the installation is reached: an e-mail address, or an https address. */
  operatorContact?: string | undefined
}

export type RouteContext<E extends Endpoint> = {
  /** Parameters, query and body, checked against the contract. */
  input: InputOf<E>
  /** The request's transaction: committed with the answer, rolled back with a refusal or an error. Read-only for GET. */
  tx: Tx
  by: Actor
  /** Counts what is asked for; a `Wait` when one of the limits is reached. What was counted stays, whatever becomes of the request. */
  limit: Accounts['limit']
  locale: Locale
  services: RouteServices
  ownAccount: OwnAccount
}

export type Route = {
  kind: 'route'
  contract: Endpoint
  reads: 'own-institution' | 'directory'
  /** What whoever is not signed in is answered. Without it they are refused. */
  toVisitors?: { response: unknown }
  /** It may answer that it was asked for too often. */
  limited?: boolean
  run: (context: RouteContext<never>) => Promise<unknown>
}

export type RouteOptions<R> = {
  /** `directory`: signed in as the role that may read the list of institutions and users, and nothing else. */
  reads?: Route['reads']
  toVisitors?: { response: R }
  limited?: boolean
}

/** @param path the contract's own, repeated where people read what the slice does; the compiler holds them equal. */
export function route<E extends Endpoint>(
  path: NoInfer<E['path']>,
  contract: E,
  run: (context: RouteContext<E>) => Promise<ResponseOf<E> | Entrance<ResponseOf<E>> | Wait | Refusal>,
  { reads = 'own-institution', ...rest }: RouteOptions<ResponseOf<E>> = {},
): Route {
  if (path !== contract.path) throw new Error(`The contract of ${path} is for ${contract.path}.`)
  return { kind: 'route', contract, reads, ...rest, run: run as Route['run'] }
}

/** The answer, and a new session for this person: whoever asked is signed in as them from here on. */
export type Entrance<R> = { kind: 'entrance'; access: Access; response: R }

export const entering = <R>(access: Access, response: R): Entrance<R> => ({ kind: 'entrance', access, response })

/** Access that allows a session. */
export type Access = {
  userId: string
  /**
   * The version of the account, or of the account that opened the door, when they were let in. Everything that ends access, a
   * corrected address or another password, counts it up, and no session begins by an older one, however late.
   */
  accessVersion: number
  /** Behind the door of a demonstration institution. */
  openedBy?: string | undefined
  /** They have shown that the address is theirs and no code: their device is known from now on, and they sign in. */
  codeNeeded?: boolean
  /** They have signed in with a code: their device is known by it, too. */
  codeRight?: boolean
}

/** The version of an account that was made by this request. */
export const FIRST_ACCESS_VERSION = 1

export const isEntrance = (value: unknown): value is Entrance<unknown> =>
  typeof value === 'object' && value !== null && (value as { kind?: unknown }).kind === 'entrance'

/** It was asked for too often: not before these seconds have passed. */
export type Wait = { kind: 'wait'; seconds: number }

export const wait = (seconds: number): Wait => ({ kind: 'wait', seconds: Math.max(1, seconds) })

export const isWait = (value: unknown): value is Wait =>
  typeof value === 'object' && value !== null && (value as { kind?: unknown }).kind === 'wait'

/** What may be done with accounts before anybody has signed in. */
export type Accounts = {
  hashPassword: (password: string) => Promise<string>
  /** Counts the request; a `Wait` when one of the limits is reached. */
  limit: (limits: readonly RequestLimit[]) => Promise<Wait | undefined>
  /** What a link for a choice of password opens. */
  readPasswordLink: (hash: string) => Promise<PasswordLink>
  /** The link is used up, and every session of the person is over. */
  choosePassword: (hash: string, password: string) => Promise<PasswordLink>
}

/** `not-compared`: there was nothing to compare the code with. */
export type CodeTried = 'right' | 'wrong' | 'not-compared'

/** What people may do with their own account once they are signed in. Outside of the request's transaction. */
export type OwnAccount = {
  hashPassword: Accounts['hashPassword']
  /** `none`: the account has no password. A `Wait` after too many wrong ones in this session. */
  verifyPassword: (by: Actor, password: string) => Promise<'right' | 'wrong' | 'none' | Wait>
  hasPassword: (by: Actor) => Promise<boolean>
  /** Counts a try of a code as `verifyPassword` does that of a password. One at which no code was compared counts for nothing. */
  tryCode: <T>(by: Actor, run: () => Promise<T>, triedOf: (result: T) => CodeTried) => Promise<T | Wait>
  /** Is written into the log, under whose account it is. */
  changed: (account: Pick<Actor, 'id'>, event: OwnAccountEvent) => void
  /** Those that are open, the one used last first. */
  sessions: (by: Actor) => Promise<OpenSession[]>
  /** Sign-ins of late, tries included; the newest first. */
  signIns: (by: Actor) => Promise<SignIn[]>
  /** false: this person has no such session. */
  endSession: (by: Actor, sessionId: string) => Promise<boolean>
  /** All but the one that asks. Gives how many. */
  endOtherSessions: (by: Actor) => Promise<number>
}

export type OwnAccountEvent =
  | 'password-changed'
  | 'authenticator-on'
  | 'authenticator-off'
  | 'recovery-code-used'
  | 'recovery-codes-renewed'

export type OpenSession = { id: string; userAgent: string; signedInAt: Date; seenAt: Date; endsAt: Date }

export type RequestLimit = { subject: string; max: number; cost?: number }

export type PasswordLink =
  | {
      is: 'open'
      userId: string
      institutionId: string
      accessVersion: number
      /** A code is asked for besides the password. */
      hasAuthenticator: boolean
      name: string
      email: string
      purpose: 'invitation' | 'reset'
    }
  | { is: 'unknown' | 'used' | 'expired' }

export type PublicContext<E extends Endpoint> = {
  input: InputOf<E>
  /** One transaction of one institution: committed with what `run` gives, rolled back with a refusal or an error. */
  within: <T>(institutionId: string, run: (tx: Tx) => Promise<T>) => Promise<T>
  accounts: Accounts
  /** Where the request comes from: one address, or the network that one subscriber has. */
  network: string
  locale: Locale
  services: RouteServices
}

export type PublicRoute = {
  kind: 'public-route'
  contract: Endpoint
  run: (context: PublicContext<never>) => Promise<unknown>
}

/** A route that needs no sign-in; its contract names no role. */
export function publicRoute<E extends Endpoint>(
  path: NoInfer<E['path']>,
  contract: E,
  run: (context: PublicContext<E>) => Promise<ResponseOf<E> | Entrance<ResponseOf<E>> | Wait | Refusal>,
): PublicRoute {
  if (path !== contract.path) throw new Error(`The contract of ${path} is for ${contract.path}.`)
  if (contract.roles.length > 0) throw new Error(`${path} is for everybody, but its contract names roles.`)
  return { kind: 'public-route', contract, run: run as PublicRoute['run'] }
}

export type AnyRoute = Route | StreamRoute | PublicRoute

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
export function routesOf(modules: readonly { parts: readonly unknown[] }[]): AnyRoute[] {
  const parts = modules.flatMap(({ parts }) => parts)
  return parts.flatMap((part) => (isRoute(part) ? [part] : Object.values(part as object).filter(isRoute)))
}

const ROUTE_KINDS: readonly unknown[] = ['route', 'stream-route', 'public-route'] satisfies AnyRoute['kind'][]

const isRoute = (value: unknown): value is AnyRoute =>
  typeof value === 'object' && value !== null && 'kind' in value && ROUTE_KINDS.includes(value.kind)

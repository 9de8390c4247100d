import type { ConnectionOptions as TlsOptions } from 'node:tls'
import pg from 'pg'
import { CascataError } from '../errors.ts'

/** Where PostgreSQL is and who signs in: what `pg` takes, without what the engine sets itself. */
export interface ConnectionOptions {
  connectionString?: string | undefined
  host?: string | undefined
  port?: number | undefined
  database?: string | undefined
  user?: string | undefined
  /** A function is asked at each new connection: for passwords and tokens that change. It wins over the string's. */
  password?: string | (() => string | Promise<string>) | undefined
  ssl?: boolean | TlsOptions | undefined
}

/** A connection string, or the same in parts. */
export type DatabaseConnection = string | ConnectionOptions

/** Makes clients of one connection; the string, and the files that it names, are read once. */
export interface Connector {
  readonly Client: new () => pg.Client
  /** For messages: host, port and database, never the password. */
  readonly address: string
}

/** A connection that takes longer to be made is given up. */
const CONNECT_MS = 10_000
/** A connection that is silent for so long is asked for a sign of life by the kernel, then each second, ten times. */
const KEEPALIVE_MS = 5_000

const KEYS = ['connectionString', 'host', 'port', 'database', 'user', 'password', 'ssl'] as const
const FIX = "use 'postgres://user@host/database', or { host, port, database, user, password, ssl }."

/**
 * @param name of the option, for the message.
 * @throws CascataError `bad-option` for what cannot be a connection; that its text can be read is found by {@link connectorOf}.
 */
export function checkedConnection(name: string, given: DatabaseConnection): DatabaseConnection {
  if (typeof given === 'string' && /^(postgres(ql)?:\/\/|socket:|\/)/.test(given)) return given
  if (typeof given !== 'object' || given === null) {
    throw new CascataError('bad-option', `${name} is no connection.`, { fix: FIX })
  }
  const is = (value: unknown, ...types: string[]) => value === undefined || types.includes(typeof value)
  const { connectionString, host, port, database, user, password, ssl } = given
  const bad =
    Object.entries({ connectionString, host, database, user }).find(([, value]) => !is(value, 'string'))?.[0] ??
    (is(port, 'number') && (port === undefined || (Number.isInteger(port) && port > 0 && port < 65_536))
      ? undefined
      : 'port') ??
    (is(password, 'string', 'function') ? undefined : 'password') ??
    (is(ssl, 'boolean', 'object') && ssl !== null ? undefined : 'ssl')
  if (bad === undefined) return given
  throw new CascataError('bad-option', `${name}.${bad} has no value that it may have.`, { fix: FIX })
}

/** @throws CascataError `bad-option` when the connection string cannot be read. */
export function connectorOf(connection: DatabaseConnection, name?: string, more: pg.ClientConfig = {}): Connector {
  const given = typeof connection === 'string' ? { connectionString: connection } : connection
  const own: pg.ClientConfig = Object.fromEntries(KEYS.map((key) => [key, given[key]]))
  const { parameters, password } = parsed({ ...own, ...(name !== undefined && { application_name: name }) })
  const config = {
    ...parameters,
    password: given.password ?? password,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEPALIVE_MS,
    connectionTimeoutMillis: CONNECT_MS,
    ...more,
  }
  class Client extends pg.Client {
    constructor() {
      super(config)
    }
  }
  return { Client, address: `${parameters.host}:${parameters.port}/${parameters.database}` }
}

interface Parameters extends pg.ClientConfig {
  password?: string
}

function parsed(config: pg.ClientConfig): { parameters: Parameters; password: string | undefined } {
  try {
    const { connectionParameters } = new pg.Client(config) as unknown as { connectionParameters: Parameters }
    return { parameters: connectionParameters, password: connectionParameters.password ?? undefined }
  } catch (error) {
    // Without the cause: an error of a URL carries the URL.
    throw new CascataError('bad-option', `The connection string cannot be read: ${(error as Error).message}.`, {
      fix: `${FIX} Special characters of a password are written as %xx.`,
    })
  }
}

/** What is sent, and by which of its queries, is the driver's own; these two read it. */
interface Inside {
  readonly _activeQuery: unknown
  readonly _sentQueryQueue: readonly unknown[]
  readonly connection: { readonly stream: { destroy(error?: Error): void } }
}

/** The query that has waited for its answer for longest. */
export function oldestQuery(client: pg.ClientBase): unknown {
  const { _activeQuery, _sentQueryQueue } = client as unknown as Inside
  return _activeQuery ?? _sentQueryQueue[0]
}

/** Ends the connection at once, without a word to a server that may not hear; its queries reject as a lost connection. */
export function cutOff(client: pg.ClientBase, why: string): void {
  ;(client as unknown as Inside).connection.stream.destroy(new Error(`Connection terminated: ${why}`))
}

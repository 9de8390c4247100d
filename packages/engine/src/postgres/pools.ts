/// <reference path="./pg-utils.d.ts" />
import pg from 'pg'
import utils from 'pg/lib/utils.js'
import { type Availability, adaptive } from './adaptive-pool.ts'
import { connectorOf, cutOff, type DatabaseConnection, oldestQuery } from './connection.ts'
import { OWN_TYPES } from './own-types.ts'
import { PreparedTexts } from './prepared-texts.ts'
import type { Step } from './round-trip.ts'
import { Silence } from './silence.ts'

export interface DatabaseOptions {
  /** Connection of the engine's own role: claims, completion in groups, upkeep. */
  control: DatabaseConnection
  /** Connection of the role that handlers run as. Default: `control`. */
  exec?: DatabaseConnection
  /**
   * The one dedicated connection for LISTEN and liveness; it must not go through a pooler in transaction mode.
   * Default: `control`.
   */
  listen?: DatabaseConnection
  /**
   * Named prepared statements, for the engine's own and for those that handlers use often. Turn off behind a pooler that
   * cannot keep them. Default true.
   */
  preparedStatements?: boolean
}

/**
 * For the engine's own statements. All of them find a few rows by an index. A queue's statistics lie as soon as it fills or
 * empties, and a plan that was made by them and kept is a disaster: with "no rows", a claim of 8,000 read the whole queue
 * 8,000 times.
 */
export const CONTROL_SETTINGS = {
  statement_timeout: '30s',
  search_path: 'pg_catalog, pg_temp', // an application may have a now() of its own
  datestyle: 'ISO',
  enable_seqscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
  enable_bitmapscan: 'off',
  enable_sort: 'off', // where an index has the order; else it is sorted all the same
  jit: 'off',
} as const

/**
 * How soon the server notices that nobody is there any more: a statement that nobody waits for ends, and what a host that
 * vanished had locked is free.
 */
const FOR_A_PEER_THAT_VANISHES: readonly Readonly<Record<string, string>>[] = [
  { client_connection_check_interval: '1s' }, // a server on Windows refuses it
  { tcp_keepalives_idle: '5', tcp_keepalives_interval: '1', tcp_keepalives_count: '10', tcp_user_timeout: '10s' },
]

/** A statement of the engine's own without an answer for so long is given up: the server would have ended it before. */
export const CONTROL_LIMIT_MS = 35_000

// Only where the server itself answers: a pooler gives out another process's number. What is set on a connection that it
// lends to others would be theirs too, and ours at the next moment on another.
// The functions are named with their schema, for the application may have its own of the same names (not unnest of two
// arrays, which the parser itself makes).
const SETTINGS = `select pg_catalog.set_config(s.name, s.value, false)
  from unnest($1::text[], $2::text[]) as s(name, value)
  where pg_catalog.pg_backend_pid() = $3 and pg_catalog.current_setting(s.name, true) is not null -- some are of later versions`

/** A pool whose clients send queries without waiting for earlier answers, and that ends connections which never answer. */
export interface EnginePool extends pg.Pool, Availability {
  /** Connections that nobody uses are not trusted any more: the network may have forgotten them. */
  dropIdle(): void
  /** Ends all connections at once, those in use too. */
  cutOff(): void
  /** A pooler stands between, which lends its sessions: nothing is set on them. */
  pooled: boolean
}

/**
 * Settings are set when a connection has been made and not in its start-up packet, where `?options=` of a connection
 * string stands in for them and which poolers refuse.
 * @param name of its connections, for whoever looks at the server.
 * @param limitMs after which a query without an answer is given up.
 * @throws CascataError `bad-option` when the connection string cannot be read.
 */
export function createPool(
  connection: DatabaseConnection,
  max: number,
  name: string,
  settings: Readonly<Record<string, string | number>> = {},
  limitMs = CONTROL_LIMIT_MS,
): EnginePool {
  const { Client } = connectorOf(connection, name, { pipeline: true })
  const { Client: Probe } = connectorOf(connection, 'cascata probe')
  const silence = new Silence(limitMs, Probe, () => dropIdle())
  // The engine's statements look again after each lock that they waited for: only read committed does.
  // Without nulls in arrays (`array_nulls`) settlements could not be written.
  const all = Object.entries({ default_transaction_isolation: 'read committed', array_nulls: 'on', ...settings })
  const prepare = async (client: pg.ClientBase) => {
    silence.add(client)
    client.on('error', () => {}) // its queries say that it was lost, and unheard it would end the process
    const pid = (client as unknown as { processID: number | null }).processID
    const set = (entries: (readonly [string, unknown])[]) =>
      client.query(SETTINGS, [entries.map(([key]) => key), entries.map(([, value]) => String(value)), pid])
    // Settings that a server's system lacks are refused, and left out.
    const forPeers = FOR_A_PEER_THAT_VANISHES.map((some) => set(Object.entries(some)).catch(() => {}))
    const [{ rowCount }] = await Promise.all([set(all), ...forPeers])
    own.pooled = rowCount === 0
    silence.ready(client, own.pooled ? undefined : (pid ?? undefined))
  }
  const pool = new pg.Pool({ Client, max, idleTimeoutMillis: 30_000, onConnect: prepare } as pg.PoolConfig)
  pool.on('error', () => {}) // an idle connection was lost; the next use makes a new one
  const dropIdle = () => {
    const { _idle } = pool as unknown as { _idle: readonly { client: pg.ClientBase }[] }
    for (const { client } of [..._idle]) if (!oldestQuery(client)) cutOff(client, 'it may be half-open')
  }
  const cutOffAll = () => silence.cutOff('the daemon has stopped')
  const own: EnginePool = Object.assign(adaptive(pool), { dropIdle, cutOff: cutOffAll, pooled: false })
  return own
}

const begin = statement('begin', 'begin')
// Costs the server a setting and its undoing, in each transaction.
const beginNamed = statement('begin_read_committed', 'begin isolation level read committed')

/** How a transaction begins: on a session that nothing was set on it says itself what it needs. */
export function beginOn(pool: pg.Pool): Statement {
  return isPooled(pool) ? beginNamed : begin
}

export function isPooled(pool: pg.Pool | pg.ClientBase): boolean {
  return (pool as Partial<EnginePool>).pooled === true
}

async function inTransaction(pool: pg.Pool, query: pg.QueryConfig): Promise<pg.QueryResult> {
  const client = await pool.connect()
  const sent = [client.query(beginNamed.text), client.query(query), client.query('commit')] as const
  const [begun, result, ended] = await Promise.allSettled(sent)
  client.release(ended.status === 'rejected')
  for (const step of [begun, result, ended]) if (step.status === 'rejected') throw step.reason
  return (result as PromiseFulfilledResult<pg.QueryResult>).value
}

/** One statement: its text, and the name that it is prepared under. */
export interface Statement {
  readonly name: string
  readonly text: string
}

export function statement(name: string, text: string): Statement {
  return { name: `cascata_${name}`, text }
}

/** Runs a statement on a client or pool, prepared or not. */
export type RunStatement = <R = Record<string, unknown>>(
  on: pg.ClientBase | pg.Pool,
  what: Statement,
  values: readonly unknown[],
) => Promise<R[]>

export interface Runner extends RunStatement {
  /** The statement as part of a round trip; nobody reads what it returns. */
  step(what: Statement, values: readonly unknown[]): Step
  /**
   * A handler's statement as part of a round trip.
   * @throws TypeError for a value that has no JSON.
   */
  stepOfText(text: string, values: readonly unknown[]): Step
  /** The text is not prepared again: see {@link PreparedTexts.refuse}. */
  refuse(text: string): void
}

export function runner(prepared: boolean): Runner {
  const texts = new PreparedTexts()
  const run = async <R>(on: pg.ClientBase | pg.Pool, what: Statement, values: readonly unknown[]) => {
    const { name, text } = what
    const query = prepared
      ? { name, text, values: [...values], types: OWN_TYPES }
      : { text, values: [...values], types: OWN_TYPES }
    const result = isPooled(on) ? await inTransaction(on as pg.Pool, query) : await on.query(query)
    return result.rows as R[]
  }
  return Object.assign(run, {
    step: ({ name, text }: Statement, values: readonly unknown[]): Step => ({
      text,
      values,
      name: prepared ? name : undefined,
      quiet: true,
    }),
    stepOfText: (text: string, values: readonly unknown[]): Step => ({
      text,
      // Before anything is sent: the driver would find a value that it cannot write when half the round trip is on its way.
      values: values.map(utils.prepareValue),
      name: prepared ? texts.nameOf(text) : undefined,
    }),
    refuse: (text: string) => texts.refuse(text),
  })
}

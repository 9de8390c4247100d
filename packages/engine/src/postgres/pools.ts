/// <reference path="./pg-utils.d.ts" />
import pg from 'pg'
import utils from 'pg/lib/utils.js'
import { PreparedTexts } from './prepared-texts.ts'
import type { Step } from './round-trip.ts'

export interface DatabaseOptions {
  /** Connection string of the engine's own role: claims, completion in groups, upkeep. */
  control: string
  /** Connection string of the role that handlers run as. Default: `control`. */
  exec?: string
  /**
   * Connection string of the one dedicated connection for LISTEN and liveness; it must not go through a pooler in
   * transaction mode. Default: `control`.
   */
  listen?: string
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
  enable_seqscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
  enable_bitmapscan: 'off',
  enable_sort: 'off', // where an index has the order; else it is sorted all the same
  jit: 'off',
} as const

/** A pool whose clients send queries without waiting for earlier answers. */
export function createPool(
  url: string,
  max: number,
  name: string,
  settings: Record<string, string | number> = {},
): pg.Pool {
  // The engine's statements look again after each lock that they waited for: only read committed does.
  const standard = { client_connection_check_interval: '1s', default_transaction_isolation: 'read committed' }
  const options = Object.entries({ ...standard, ...settings })
    .map(([key, value]) => `-c ${key}=${String(value).replaceAll(' ', '\\ ')}`)
    .join(' ')
  const pool = new pg.Pool({
    connectionString: url,
    max,
    pipeline: true,
    application_name: name,
    options,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
  } as pg.PoolConfig)
  pool.on('error', () => {}) // an idle connection was lost; the next use makes a new one
  // One in use was lost, as all are when the server restarts: its queries say so, and unheard it would end the process.
  pool.on('connect', (client) => void client.on('error', () => {}))
  return pool
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
    const query = prepared
      ? { name: what.name, text: what.text, values: [...values] }
      : { text: what.text, values: [...values] }
    return (await on.query(query)).rows as R[]
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

import pg from 'pg'

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
  /** Named prepared statements. Turn off behind a pooler that cannot keep them. Default true. */
  preparedStatements?: boolean
}

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
export type Runner = <R = Record<string, unknown>>(
  on: pg.ClientBase | pg.Pool,
  what: Statement,
  values: readonly unknown[],
) => Promise<R[]>

export function runner(prepared: boolean): Runner {
  return async <R>(on: pg.ClientBase | pg.Pool, what: Statement, values: readonly unknown[]) => {
    const query = prepared
      ? { name: what.name, text: what.text, values: [...values] }
      : { text: what.text, values: [...values] }
    return (await on.query(query)).rows as R[]
  }
}

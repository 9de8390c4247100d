import { CascataError } from '../errors.ts'

export interface Rows<R> {
  rows: R[]
  rowCount: number
}

/** One open transaction, or something that behaves like it. Handlers and `save` need no more than this. */
export interface Tx {
  /** Runs one statement with `$1…` parameters. */
  query<R = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<Rows<R>>
}

/** A client of `pg` (or anything with its `query`) on which the caller has begun a transaction; or a pool. */
export interface PgLike {
  query(text: string, values?: unknown[]): Promise<{ rows: unknown[]; rowCount: number | null }>
}

/** A Kysely `Transaction`; or a Kysely instance. */
export interface KyselyLike {
  executeQuery(query: never): Promise<{ rows: unknown[]; numAffectedRows?: bigint }>
}

/**
 * Where the library writes: in the transaction that the handle stands for. A pool, a client without `begin` and a Kysely
 * instance stand for none: each call is then a transaction of its own, whatever else is open.
 */
export type TxHandle = Tx | PgLike | KyselyLike

/**
 * The caller's transaction, whatever library it comes from: `pg`, Kysely, or the engine's own. Another library's is wrapped:
 * `{ query: async (text, values) => ({ rows, rowCount }) }`.
 * @throws CascataError `not-a-transaction` for anything else: also for a TypeORM QueryRunner, whose `query` gives the rows
 * alone.
 */
export function asTx(handle: TxHandle): Tx {
  if (typeof handle === 'object' && handle !== null) {
    if ('isTransactionActive' in handle) throw notOne('A TypeORM QueryRunner', WRAPPED)
    if ('executeQuery' in handle && typeof handle.executeQuery === 'function') return kyselyTx(handle)
    if ('query' in handle && typeof handle.query === 'function') return pgTx(handle as PgLike)
  }
  throw notOne(handle === null ? 'null' : `A value of type ${typeof handle}`)
}

const WRAPPED = 'wrap it: { query: async (text, values) => ({ rows: await runner.query(text, values), rowCount: 0 }) }.'

function notOne(
  what: string,
  fix = 'pass a pg client inside BEGIN, a Kysely transaction, or the tx that a handler receives.',
) {
  return new CascataError('not-a-transaction', `${what} was given where a transaction is needed.`, { fix })
}

/** What a handler gets for a statement: one that it forgets to await must not end the process when it fails. */
export function heard<T>(result: Promise<T>): Promise<T> {
  result.catch(() => {})
  return result
}

function pgTx(client: PgLike): Tx {
  return {
    query: async <R>(text: string, values: readonly unknown[] = []) => {
      const result = await client.query(text, values as unknown[])
      // Without parameters it may be several statements, whose results `pg` gives as a list.
      if (values.length > 0 && !Array.isArray(result?.rows))
        throw notOne('Something whose query() resolves to no { rows }', WRAPPED)
      return { rows: result.rows as R[], rowCount: result.rowCount ?? 0 }
    },
  }
}

function kyselyTx(kysely: KyselyLike): Tx {
  return {
    query: async <R>(sql: string, parameters: readonly unknown[] = []) => {
      // The shape of Kysely's CompiledQuery.raw, built here so that the library need not depend on Kysely.
      const query = { kind: 'RawNode', sqlFragments: [sql], parameters: [] }
      const compiled = { sql, parameters, query, queryId: { queryId: 'cascata' } }
      const result = await kysely.executeQuery(compiled as never)
      return { rows: result.rows as R[], rowCount: Number(result.numAffectedRows ?? result.rows.length) }
    },
  }
}

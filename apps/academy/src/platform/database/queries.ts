/** Typed queries (Kysely) on any transaction of the engine: the route's, a handler's `tx`, an effect's `db`. */
import type { Tx } from 'cascata'
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely'
import type { Tables } from './tables.ts'

const connectionOn = (tx: Tx): DatabaseConnection => ({
  executeQuery: async <R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> => {
    const { rows, rowCount } = await tx.query<R>(sql, parameters)
    return { rows, numAffectedRows: BigInt(rowCount) }
  },
  streamQuery: () => {
    throw new Error('A transaction of the engine does not stream: page by key.')
  },
})

const within = () => {
  throw new Error('This transaction belongs to its caller: return a refusal or throw to undo it.')
}

const dialectOn = (tx: Tx): Dialect => ({
  createAdapter: () => new PostgresAdapter(),
  createDriver: () => ({
    init: async () => {},
    acquireConnection: async () => connectionOn(tx),
    beginTransaction: within,
    commitTransaction: within,
    rollbackTransaction: within,
    releaseConnection: async () => {},
    destroy: async () => {},
  }),
  createIntrospector: (db) => new PostgresIntrospector(db),
  createQueryCompiler: () => new PostgresQueryCompiler(),
})

const known = new WeakMap<Tx, Kysely<Tables>>()

export function queries(tx: Tx): Kysely<Tables> {
  const existing = known.get(tx)
  if (existing) return existing
  const made = new Kysely<Tables>({ dialect: dialectOn(tx) }).withSchema('academy')
  known.set(tx, made)
  return made
}

export { dayText, hourText } from './tables.ts'

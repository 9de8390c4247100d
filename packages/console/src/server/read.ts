/** Reading the engine's database: one snapshot for each request, read-only, and never for long. */
import type pg from 'pg'

export interface Reader {
  rows<R>(text: string, values?: readonly unknown[]): Promise<R[]>
  /** The first row. */
  row<R>(text: string, values?: readonly unknown[]): Promise<R | undefined>
}

/**
 * Sequential scans are off: statistics lag behind a partition that fills, and one wrong guess reads a whole week. Lists
 * look up by index or not at all. JIT costs more than any of these statements.
 */
const BEGIN = `begin isolation level repeatable read read only; set local statement_timeout = '3s';
  set local jit = off; set local enable_seqscan = off`

/** Runs `work` on one snapshot. Nothing it does can write. */
export async function reading<T>(pool: pg.Pool, work: (db: Reader) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query(BEGIN)
    const result = await work(readerOf(client))
    await client.query('commit')
    return result
  } catch (error) {
    broken = await rolledBack(client)
    throw error
  } finally {
    client.release(broken)
  }
}

/** Runs `work` in a transaction that may write. */
export async function writing<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query(`begin; set local statement_timeout = '3s'; set local lock_timeout = '2s'`)
    const result = await work(client)
    await client.query('commit')
    return result
  } catch (error) {
    broken = await rolledBack(client)
    throw error
  } finally {
    client.release(broken)
  }
}

async function rolledBack(client: pg.PoolClient): Promise<Error | undefined> {
  try {
    await client.query('rollback')
    return undefined
  } catch (error) {
    return error as Error // the connection is gone: the pool must not lend it again
  }
}

export function readerOf(client: pg.ClientBase): Reader {
  const rows = async <R>(text: string, values: readonly unknown[] = []): Promise<R[]> =>
    (await client.query(text, values as unknown[])).rows as R[]
  return { rows, row: async <R>(text: string, values?: readonly unknown[]) => (await rows<R>(text, values))[0] }
}

/** The parameters of one statement, numbered as they are added. */
export class Parameters {
  readonly values: unknown[] = []

  add(value: unknown): string {
    this.values.push(value)
    return `$${this.values.length}`
  }
}

/** Reading the engine's database: one snapshot for each request, read-only, and never for long. */
import { isOutage } from 'cascata'
import type pg from 'pg'

export interface Reader {
  rows<R>(text: string, values?: readonly unknown[]): Promise<R[]>
  /** The first row. */
  row<R>(text: string, values?: readonly unknown[]): Promise<R | undefined>
}

/**
 * `look-up`: lists and details follow indexes from row to row, or do not answer. Statistics lag behind a partition that
 * fills, and one wrong guess (a bitmap of every failure, a hash of a week) reads what nobody asked for.
 * `gather`: what sums up may join as it likes, but reads no table from end to end either.
 */
export type Manner = 'look-up' | 'gather'

const BEGIN = `begin isolation level repeatable read read only; set local statement_timeout = '3s';
  set local jit = off; set local enable_seqscan = off`
const LOOK_UP = `; set local enable_bitmapscan = off; set local enable_hashjoin = off; set local enable_mergejoin = off;
  set local enable_material = off`

/** How each manner begins. */
export const beginOf = (manner: Manner): string => (manner === 'look-up' ? BEGIN + LOOK_UP : BEGIN)

/** Runs `work` on one snapshot. Nothing it does can write. */
export async function reading<T>(pool: pg.Pool, manner: Manner, work: (db: Reader) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query(beginOf(manner))
    const result = await work(readerOf(client))
    await client.query('commit')
    return result
  } catch (error) {
    broken = await rolledBack(client, error)
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
    broken = await rolledBack(client, error)
    throw error
  } finally {
    client.release(broken)
  }
}

async function rolledBack(client: pg.PoolClient, after: unknown): Promise<Error | undefined> {
  // A rollback would wait behind the statement that has no answer. The server undoes what its client leaves.
  if (isOutage(after)) return after as Error
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

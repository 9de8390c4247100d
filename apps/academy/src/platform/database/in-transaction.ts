/** A transaction on a connection of a pool, which takes it back only once the transaction has ended. */
import { isOutage } from 'cascata'
import type pg from 'pg'

/**
 * @param begin opens it, and may set what holds for it, in one round trip.
 * @param commits false for a result after which everything is rolled back.
 */
export async function inTransaction<T>(
  pool: pg.Pool,
  begin: string,
  run: (client: pg.PoolClient) => Promise<T>,
  commits: (result: T) => boolean = () => true,
): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query(begin)
    const result = await run(client)
    await client.query(commits(result) ? 'commit' : 'rollback')
    return result
  } catch (error) {
    // A rollback would wait behind the statement that has no answer. The server undoes what its client leaves.
    if (isOutage(error)) broken = error as Error
    else {
      await client.query('rollback').catch((lost: Error) => {
        broken = lost
      })
    }
    throw error
  } finally {
    client.release(broken)
  }
}

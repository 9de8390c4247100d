/** The one place that opens a transaction for an institution. Nothing reads or writes its rows outside of one. */
import { asTx, type Tx } from 'cascata'
import type pg from 'pg'

export type Scope = { institutionId: string }

export type WithTenantOptions<T> = {
  /** The database then refuses every write. */
  readOnly?: boolean
  /** false for a result after which everything is rolled back. */
  commits?: (result: T) => boolean
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

export async function withTenant<T>(
  pool: pg.Pool,
  { institutionId }: Scope,
  run: (tx: Tx) => Promise<T>,
  { readOnly = false, commits = () => true }: WithTenantOptions<T> = {},
): Promise<T> {
  if (!UUID.test(institutionId)) throw new Error('The id of an institution is a lower-case UUID.')
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    // One round trip: the setting is local to the transaction, so the connection goes back to the pool without it.
    await client.query(
      `begin${readOnly ? ' read only' : ''}; select set_config('cascata.tenant', '${institutionId}', true)`,
    )
    const result = await run(asTx(client))
    await client.query(commits(result) ? 'commit' : 'rollback')
    return result
  } catch (error) {
    await client.query('rollback').catch((lost: Error) => {
      broken = lost
    })
    throw error
  } finally {
    client.release(broken)
  }
}

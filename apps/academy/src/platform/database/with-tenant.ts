/** The one place that opens a transaction for an institution. Nothing reads or writes its rows outside of one. */
import { asTx, type Tx } from 'cascata'
import type pg from 'pg'
import { inTransaction } from './in-transaction.ts'

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
  return inTransaction(
    pool,
    // One round trip: the setting is local to the transaction, so the connection goes back to the pool without it.
    `begin${readOnly ? ' read only' : ''}; select set_config('cascata.tenant', '${institutionId}', true)`,
    (client) => run(asTx(client)),
    commits,
  ).catch((error: unknown) => {
    throw readOnly ? ownWrite(error) : error
  })
}

/** PostgreSQL says the same of a server that is read-only, which is an outage; this is a fault that stays until it is mended. */
function ownWrite(error: unknown): unknown {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown }
  if (code !== '25006') return error
  return new Error(`A transaction that only reads was to write: ${message}. Fix: write in a PUT, a POST or a DELETE.`)
}

/** Answers that were kept for a day go, also those of institutions that send nothing more. */
import { isOutage, SINGLE_TENANT, type Tx } from 'cascata'
import type { Pools } from '../database/pools.ts'
import { inPortions, PORTION, startUpkeep } from '../database/upkeep.ts'
import { withTenant } from '../database/with-tenant.ts'
import { forgetExpired } from './idempotency.ts'

const EVERY_MS = 60 * 60_000
/** Held by the process that is at it. */
export const UPKEEP_LOCK = 'academy.idempotency-upkeep'

type Upkeep = {
  closing: AbortSignal
  /** Told of the institution whose answers could not be removed, where it is one. */
  onError: (error: unknown, institutionId?: string) => void
  everyMs?: number
}

/** At once, and then every hour until the process closes. */
export function startIdempotencyUpkeep(pools: Pools, { closing, onError, everyMs = EVERY_MS }: Upkeep): void {
  startUpkeep(() => forgetEverywhere(pools, { closing, onError }), { closing, onError, everyMs })
}

/** Row-level security holds each transaction to one institution; the role of the console reads which there are. */
export async function forgetEverywhere(pools: Pools, { closing, onError }: Upkeep): Promise<void> {
  const institutions = await withTenant(
    pools.console,
    { institutionId: SINGLE_TENANT },
    async (tx) => (await tx.query<{ id: string }>('select id from academy.institutions')).rows,
    { readOnly: true },
  )
  for (const { id } of institutions) {
    try {
      let taken = false
      await inPortions(closing, async () => {
        const portion = await withTenant(pools.web, { institutionId: id }, (tx) => forgetPortion(tx, id))
        taken = portion === 'taken'
        return portion === 'taken' ? 0 : portion
      })
      // Another process is at it, and has begun with the first institution as well.
      if (taken || closing.aborted) return
    } catch (error) {
      // The database answers for none of the others either.
      if (isOutage(error)) throw error
      onError(error, id)
    }
  }
}

async function forgetPortion(tx: Tx, institutionId: string): Promise<number | 'taken'> {
  const { rows } = await tx.query<{ is: boolean }>('select pg_try_advisory_xact_lock(hashtextextended($1, 0)) as is', [
    UPKEEP_LOCK,
  ])
  return rows[0]?.is ? forgetExpired(tx, institutionId, PORTION) : 'taken'
}

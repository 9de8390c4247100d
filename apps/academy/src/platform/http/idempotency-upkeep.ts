/** Answers that were kept for a day go, also those of institutions that send nothing more. */
import { SINGLE_TENANT } from 'cascata'
import type { Pools } from '../database/pools.ts'
import { withTenant } from '../database/with-tenant.ts'
import { forgetExpired } from './idempotency.ts'

const EVERY_MS = 60 * 60_000

type Upkeep = {
  closing: AbortSignal
  onError: (error: unknown) => void
  everyMs?: number
}

/** At once, and then every hour until the process closes. */
export function startIdempotencyUpkeep(pools: Pools, { closing, onError, everyMs = EVERY_MS }: Upkeep): void {
  const look = async () => {
    await forgetEverywhere(pools, closing).catch(onError)
    if (!closing.aborted) setTimeout(look, everyMs).unref()
  }
  void look()
}

/** Row-level security holds each transaction to one institution; the role of the console reads which there are. */
async function forgetEverywhere(pools: Pools, closing: AbortSignal): Promise<void> {
  const institutions = await withTenant(
    pools.console,
    { institutionId: SINGLE_TENANT },
    async (tx) => (await tx.query<{ id: string }>('select id from academy.institutions')).rows,
    { readOnly: true },
  )
  for (const { id } of institutions) {
    if (closing.aborted) return
    await withTenant(pools.web, { institutionId: id }, (tx) => forgetExpired(tx, id))
  }
}

import type pg from 'pg'
import { isConflict } from '../postgres/database-error.ts'
import { type RunStatement, statement } from '../postgres/pools.ts'

const probe = statement('probe_batch', 'select cascata.probe_batch($1, $2) as state')

const unsettled = statement(
  'unsettled_batches',
  `select tenant, id from cascata.batches b
   where state = 'open' and sealed and (tenant, id) > ($1, $2) and not exists (
     select 1 from cascata.command_queue q where q.tenant = b.tenant and q.batch_id = b.id)
   order by tenant, id limit $3`,
)

interface Options {
  control: pg.Pool
  run: RunStatement
}

/**
 * Asks each batch whether its last member has finished, and settles it if so. A hint: the sweep is the guarantee, also for a
 * batch whose row somebody else holds.
 */
export async function settleBatches(
  { control, run }: Options,
  batches: readonly { tenant: string; id: string }[],
): Promise<void> {
  for (const { tenant, id } of batches) {
    await run(control, probe, [tenant, id]).catch((error: unknown) => {
      if (!isConflict(error)) throw error
    })
  }
}

/** What a crash between a member's commit and the probe left behind. @returns how many batches were settled. */
export async function sweepBatches(options: Options): Promise<number> {
  const nil = '00000000-0000-0000-0000-000000000000'
  const found = await options.run<{ tenant: string; id: string }>(options.control, unsettled, [nil, nil, 1_000])
  await settleBatches(options, found)
  return found.length
}

import type pg from 'pg'
import { isConflict } from '../postgres/database-error.ts'
import { type RunStatement, statement } from '../postgres/pools.ts'

const probe = statement('probe_batch', 'select cascata.probe_batch($1, $2) as state')

// A page of the open batches, and which of them have no member left: however many are open, a round looks at so many.
const unsettled = statement(
  'unsettled_batches',
  `with page as materialized (
     select tenant, id from cascata.batches where state = 'open' and sealed and (tenant, id) > ($1, $2) order by tenant, id limit $3
   )
   select tenant, id, (select q.id from cascata.command_queue q where q.tenant = page.tenant and q.batch_id = page.id
     order by q.id desc limit 1) is null as done
   from page order by tenant, id`,
)
const PAGE = 5_000
const NIL = '00000000-0000-0000-0000-000000000000'

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

/** Finds what a crash between a member's commit and the probe left behind, a page of the open batches at a time. */
export class BatchSweep {
  readonly #options: Options
  readonly #page: number
  #after = { tenant: NIL, id: NIL }

  constructor(options: Options, page = PAGE) {
    this.#options = options
    this.#page = page
  }

  /** @returns how many batches were settled; the next look goes on behind those that this one saw, or begins again. */
  async look(): Promise<number> {
    const { control, run } = this.#options
    const { tenant, id } = this.#after
    const seen = await run<{ tenant: string; id: string; done: boolean }>(control, unsettled, [tenant, id, this.#page])
    const done = seen.filter((batch) => batch.done)
    // Before they are settled: one that cannot be must not be looked at for ever, with nobody behind it.
    this.#after = (seen.length === this.#page && seen.at(-1)) || { tenant: NIL, id: NIL }
    await settleBatches(this.#options, done)
    return done.length
  }
}

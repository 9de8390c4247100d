import type pg from 'pg'
import { type Duration, milliseconds } from '../definitions/duration.ts'
import { type RunStatement, statement } from '../postgres/pools.ts'

/** How long what has ended is kept. Nothing unfinished is ever dropped. */
export interface RetentionOptions {
  /** Everything. Default: for ever. */
  keep?: Duration
  /** Shorter for commands of some types, by stored name. */
  commands?: Readonly<Record<string, Duration>>
}

const due = statement(
  'weeks_past_retention',
  `select week from cascata.retention_report($1::double precision * interval '1 millisecond') where droppable order by week`,
)
const drop = statement(
  'drop_week',
  `select cascata.drop_week($1, $2::double precision * interval '1 millisecond') as dropped`,
)
const prune = statement(
  'prune_commands',
  `select cascata.prune_commands($1, $2::double precision * interval '1 millisecond', $3) as n`,
)

const PRUNE_CHUNK = 5_000

/**
 * Drops the weeks whose retention has passed and that nothing unfinished needs, and deletes what single types keep for
 * a shorter time.
 * @returns how many weeks and commands went.
 */
export async function applyRetention(
  { control, run }: { control: pg.Pool; run: RunStatement },
  retention: RetentionOptions,
): Promise<{ weeks: number; commands: number }> {
  let weeks = 0
  let commands = 0
  if (retention.keep !== undefined) {
    const keepMs = milliseconds(retention.keep)
    for (const { week } of await run<{ week: Date }>(control, due, [keepMs])) {
      const [row] = await run<{ dropped: boolean }>(control, drop, [week, keepMs])
      if (row?.dropped) weeks++
    }
  }
  for (const [type, keep] of Object.entries(retention.commands ?? {})) {
    const [row] = await run<{ n: number }>(control, prune, [type, milliseconds(keep), PRUNE_CHUNK])
    commands += row?.n ?? 0
  }
  return { weeks, commands }
}

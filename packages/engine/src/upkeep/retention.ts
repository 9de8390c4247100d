import type pg from 'pg'
import { type Duration, milliseconds } from '../definitions/duration.ts'
import { CascataError } from '../errors.ts'
import { type RunStatement, statement } from '../postgres/pools.ts'

/** How long what has ended is kept. Nothing unfinished is ever dropped. */
export interface RetentionOptions {
  /**
   * Everything, with its counts by the hour and with what was done to it by hand; totals stay. At least an hour, since an id
   * may be older than its row. Default: for ever.
   */
  keep?: Duration
  /** Shorter for commands of some types, by stored name. */
  commands?: Readonly<Record<string, Duration>>
}

const due = statement(
  'weeks_past_retention',
  `select extract(epoch from week)::double precision as week, cascata.uuid_floor(week) as low, cascata.uuid_floor(until) as high
   from cascata.retention_report($1::double precision * interval '1 millisecond') r where droppable order by r.week`,
)
const giveUp = statement(
  'give_up_next',
  `select cascata.give_up($1, $2, $3::double precision * interval '1 millisecond', $4) as n`,
)
const deleteOld = statement('delete_old', 'select cascata.delete_old($1, $2, $3, $4, $5)::double precision as next')
const drop = statement(
  'drop_week',
  `select cascata.drop_week(to_timestamp($1), $2::double precision * interval '1 millisecond') as what`,
)
const forget = statement(
  'forget_tallies',
  `select cascata.forget_tallies($1::double precision * interval '1 millisecond', $2) as n`,
)
// With the database's own clock: what is deleted must not depend on this machine's.
const weeksThere = statement(
  'weeks',
  `select extract(epoch from w)::double precision as week, extract(epoch from now())::double precision * 1000 as now
   from cascata.weeks() w`,
)
const prune = statement(
  'prune_commands',
  `select pruned, next::double precision as next from cascata.prune_commands(to_timestamp($1), $2, array(
     select cascata.uuid_floor(to_timestamp(u / 1000)) from unnest($3::double precision[]) with ordinality as x(u, i) order by i), $4, $5)`,
)

/** Rows, and blocks of rows, that one statement takes: some tenths of a second. */
const CHUNK = 5_000
const BLOCKS = 512
const BLOCKS_OF_COMMANDS = 128
/** Once in so many times all weeks are walked through for single types, else those that became due since the last time. */
const WHOLE_EVERY = 24
const WEEK_MS = 7 * 86_400_000
/** What belongs to commands and batches of a week and lies in tables without weeks. */
const WEEKLESS = ['effects', 'batch_failures', 'batches', 'recoveries']

/** The same in milliseconds. */
export interface Retention {
  readonly keepMs: number | undefined
  readonly types: readonly (readonly [type: string, keepMs: number])[]
}

const KEEP_MS_MIN = 3_600_000

/** @throws CascataError `bad-option` for a length of time that is none, and for less than an hour of everything. */
export function checkedRetention(options: RetentionOptions = {}): Retention {
  const { keep, commands = {} } = isRecord(options) ? options : bad('retention', options)
  if (!isRecord(commands)) bad('retention.commands', commands)
  const keepMs = keep === undefined ? undefined : milliseconds(keep)
  if (keepMs !== undefined && keepMs < KEEP_MS_MIN) {
    throw new CascataError('bad-option', `retention.keep is ${keepMs} ms.`, {
      fix: 'keep everything for an hour at least.',
    })
  }
  return { keepMs, types: Object.entries(commands).map(([type, kept]) => [type, milliseconds(kept)]) }
}

function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function bad(name: string, value: unknown): never {
  throw new CascataError('bad-option', `${name} is ${JSON.stringify(value)}.`, {
    fix: "give an object, e.g. { keep: '90d', commands: { 'mail.send': '7d' } }.",
  })
}

/** What one step let go. */
interface Gone {
  weeks?: number
  commands?: number
}

interface Options {
  control: pg.Pool
  run: RunStatement
}

/**
 * Drops the weeks whose retention has passed and that nothing unfinished needs, and deletes what single types keep for
 * a shorter time. A week that somebody reads at this moment is left for the next time.
 * @returns how many weeks and commands went.
 * @throws CascataError `bad-option` for a length of time that is none.
 */
export async function applyRetention(
  options: Options,
  retention: RetentionOptions,
): Promise<{ weeks: number; commands: number }> {
  const gone = { weeks: 0, commands: 0 }
  for await (const { weeks = 0, commands = 0 } of retentionSteps(options, checkedRetention(retention), {
    times: 0,
    lastMs: 0,
  })) {
    gone.weeks += weeks
    gone.commands += commands
  }
  return gone
}

/** What one time leaves to the next of the same process. */
export interface RetentionMemory {
  times: number
  /** When the commands of single types were last walked through, in milliseconds since 1970. */
  lastMs: number
}

/** The same step by step, a short statement each: whoever takes them decides when the next one comes. */
export async function* retentionSteps(
  options: Options,
  retention: Retention,
  memory: RetentionMemory,
): AsyncGenerator<Gone> {
  const { keepMs, types } = retention
  if (keepMs !== undefined) {
    yield* weeksPast(options, keepMs)
    yield* talliesPast(options, keepMs)
  }
  if (types.length > 0) yield* commandsPast(options, types, memory)
}

async function* weeksPast({ control, run }: Options, keepMs: number): AsyncGenerator<Gone> {
  const weeks = await run<{ week: number; low: string; high: string }>(control, due, [keepMs])
  yield {}
  if (weeks.length === 0) return
  const ranges = [weeks.map(({ low }) => low), weeks.map(({ high }) => high)]
  for (let n: number | undefined = CHUNK; n === CHUNK; ) {
    const rows: { n: number }[] = await run(control, giveUp, [...ranges, keepMs, CHUNK])
    n = rows[0]?.n
    yield {}
  }
  // Before the weeks, which remember by being there that this is still to do.
  for (const table of WEEKLESS) {
    for (let block: number | null | undefined = 0; typeof block === 'number'; ) {
      const rows: { next: number | null }[] = await run(control, deleteOld, [table, ...ranges, block, BLOCKS])
      block = rows[0]?.next
      yield {}
    }
  }
  for (const { week } of weeks) {
    for (let what: string | undefined = 'dropped'; what === 'dropped'; ) {
      const rows: { what: string }[] = await run(control, drop, [week, keepMs])
      what = rows[0]?.what
      yield what === 'gone' ? { weeks: 1 } : {}
    }
  }
}

async function* talliesPast({ control, run }: Options, keepMs: number): AsyncGenerator<Gone> {
  for (let n: number | undefined = CHUNK; n === CHUNK; ) {
    const rows: { n: number }[] = await run(control, forget, [keepMs, CHUNK])
    n = rows[0]?.n
    yield {}
  }
}

async function* commandsPast(
  { control, run }: Options,
  types: readonly (readonly [type: string, keepMs: number])[],
  memory: RetentionMemory,
): AsyncGenerator<Gone> {
  const whole = memory.times % WHOLE_EVERY === 0
  const weeks = await run<{ week: number; now: number }>(control, weeksThere, [])
  const nowMs = weeks[0]?.now ?? 0
  for (const { week } of weeks) {
    const fromMs = week * 1_000
    // A day more than what became due: an id may be that much older than its row.
    const due = types.filter(
      ([, keepMs]) => fromMs < nowMs - keepMs && (whole || fromMs + WEEK_MS > memory.lastMs - keepMs - 86_400_000),
    )
    const names = due.map(([type]) => type)
    const untils = due.map(([, keepMs]) => nowMs - keepMs)
    for (let block: number | null | undefined = due.length > 0 ? 0 : null; typeof block === 'number'; ) {
      const rows: { pruned: number | null; next: number | null }[] = await run(control, prune, [
        week,
        names,
        untils,
        block,
        BLOCKS_OF_COMMANDS,
      ])
      const [row] = rows
      // Another daemon is at it: this one has seen nothing.
      if (typeof row?.pruned !== 'number') return
      block = row.next
      yield { commands: row.pruned }
    }
  }
  memory.times++
  memory.lastMs = nowMs
}

import type pg from 'pg'
import { BatchSweep } from '../batches/settle-batches.ts'
import type { Steadiness } from '../daemon/heartbeat.ts'
import type { Taken } from '../daemon/take.ts'
import { blocked } from '../postgres/database-error.ts'
import { type RunStatement, statement } from '../postgres/pools.ts'
import type { OnError } from '../processor/error-context.ts'
import { LostDaemons } from './lost-daemons.ts'
import { Parking } from './parking.ts'
import { type Retention, retentionSteps } from './retention.ts'

export interface UpkeepOptions {
  control: pg.Pool
  run: RunStatement
  daemonId: string
  /** Between two looks for lost daemons and due work, in milliseconds. */
  everyMs: number
  /** `manual`: what is due is left, and the clock of ids as well. */
  time: 'real' | 'manual'
  retention: Retention
  taken: Taken
  /** What this daemon has seen of the database itself. */
  steadiness: () => Steadiness
  followSubscriptions: () => Promise<void>
  followClock: () => Promise<void>
  /** Rows were made pending here: the processors may look. */
  onWork: () => void
  /** Tokens of every claim that this daemon knows of, claims under way included. */
  liveTokens: () => ReadonlySet<string>
  onError: OnError
}

// Claims of daemons that are gone, whoever found it out: also what an effect's timeout kept back at first.
const orphans = statement(
  'orphaning_daemons',
  `select distinct c.claimed_by as id
   from (select claimed_by from cascata.command_queue where state = 'processing'
         union all select claimed_by from cascata.event_queue where state = 'processing'
         union all select daemon_id from cascata.committed_commands) c
   where not exists (select 1 from cascata.daemons d where d.id = c.claimed_by and d.state in ('running', 'draining'))`,
)
const ownTokens = statement(
  'own_tokens',
  `select token from cascata.command_queue where state = 'processing' and claimed_by = $1
   union select token from cascata.event_queue where state = 'processing' and claimed_by = $1
   union select token from cascata.committed_commands where daemon_id = $1`,
)
const rescueCommands = statement('rescue_commands', 'select cascata.rescue_commands($1, $2::uuid[], $3) as n')
const rescueCommitted = statement('rescue_committed', 'select cascata.rescue_committed($1, $2::uuid[], $3) as n')
const rescueEvents = statement('rescue_events', 'select cascata.rescue_events($1, $2::uuid[], $3) as n')
const promote = statement(
  'promote',
  'select (extract(epoch from cascata.promote($1)) - extract(epoch from now()))::double precision * 1000 as ms',
)
const partitions = statement(
  'create_partitions',
  `select cascata.create_partitions(now(), now() + interval '28 days') as n`,
)
const moveAbsent = statement('move_absent', 'select cascata.move_absent($1) as n')
const fold = statement('fold_tallies', 'select cascata.fold_tallies($1) as n')
const forget = statement(
  'forget_daemons',
  `delete from cascata.daemons where state in ('lost', 'stopped') and heartbeat_at < now() - interval '7 days'`,
)

/** Rows moved by one statement: enough to be quick, few enough to hold locks briefly. */
const CHUNK = 1_000
const SWEEP_EVERY_MS = 5_000
const SUBSCRIPTIONS_EVERY_MS = 10_000
const FOLD_EVERY_MS = 2_000
/** No piece of counts is begun after so long: claims do not stand behind a backlog of them. */
const FOLD_SLICE_MS = 200
/** Counts of one piece: some 150 ms where all of them differ. */
const FOLD_PIECE = 10_000
/** Between two pieces of what was parked. */
const TAKE_BACK_MS = 100
const HOUSEKEEPING_EVERY_MS = 60_000
const RETENTION_EVERY_MS = 3_600_000
const RETENTION_SLICE_MS = 250

/** What must happen now and then, whoever does it: rescue, promotion of due work, sweeping of batches, partitions ahead. */
export class Upkeep {
  readonly #options: UpkeepOptions
  readonly #lost: LostDaemons
  readonly #parking: Parking
  readonly #sweep: BatchSweep
  #timer: NodeJS.Timeout | undefined
  #dueAt = 0
  #running: Promise<void> = Promise.resolve()
  #stopped = false
  #retention: ReturnType<typeof retentionSteps> | undefined
  readonly #retentionMemory = { times: 0, lastMs: 0 }
  #last = { subscriptions: 0, sweep: 0, fold: 0, housekeeping: 0, retention: 0 }

  constructor(options: UpkeepOptions) {
    this.#options = options
    this.#lost = new LostDaemons(options)
    this.#parking = new Parking(options)
    this.#sweep = new BatchSweep(options)
  }

  start(): void {
    this.#schedule(0)
  }

  /** Something will be due after so long: be there in time. */
  expect(delayMs: number): void {
    this.#schedule(delayMs)
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    await this.#running
  }

  /** A round comes anyway when this much has passed, so that no timer is asked to wait for months. */
  #schedule(wantedMs: number): void {
    if (this.#stopped) return
    const delayMs = Math.min(wantedMs, this.#options.everyMs)
    const at = performance.now() + delayMs
    if (this.#timer && this.#dueAt <= at) return
    clearTimeout(this.#timer)
    this.#dueAt = at
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#running = this.#running.then(() => this.#round())
    }, delayMs)
  }

  async #round(): Promise<void> {
    let next = this.#options.everyMs
    try {
      next = await this.#work()
    } catch (error) {
      if (!this.#stopped) this.#options.onError(error, { place: 'upkeep' })
    }
    this.#schedule(next)
  }

  async #work(): Promise<number> {
    const { control, run, onWork, everyMs } = this.#options
    const gone = await this.#lost.look(this.#options)
    if (gone || this.#isTime('subscriptions', SUBSCRIPTIONS_EVERY_MS)) {
      await this.#step(this.#options.followSubscriptions)
    }
    for (const { id } of await run<{ id: string }>(control, orphans, [])) await this.#rescue(id, null)
    const nextMs = await this.#promote()
    const back = (await this.#parking.takeBack()) + (await this.#moveAbsent())
    onWork()
    if (this.#isTime('sweep', SWEEP_EVERY_MS)) {
      await this.#step(() => this.#sweep.look())
      await this.#step(() => this.#rescueStrays())
    }
    if (this.#isTime('fold', FOLD_EVERY_MS)) await this.#step(() => this.#fold(performance.now() + FOLD_SLICE_MS))
    await this.#step(() => this.#parking.putAside())
    if (this.#isTime('housekeeping', HOUSEKEEPING_EVERY_MS)) {
      await this.#step(() => this.#makeWeeks())
      await this.#step(() => run(control, forget, []))
      if (this.#options.time === 'real') await this.#step(this.#options.followClock)
    }
    if (this.#isTime('retention', RETENTION_EVERY_MS)) {
      this.#retention ??= retentionSteps({ control, run }, this.#options.retention, this.#retentionMemory)
    }
    if (this.#retention) await this.#step(() => this.#letGo(performance.now() + RETENTION_SLICE_MS))
    if (back > 0) return TAKE_BACK_MS
    return Math.max(0, nextMs ?? everyMs)
  }

  /** @returns milliseconds until something is due next, if anything is. */
  async #promote(): Promise<number | null | undefined> {
    if (this.#options.time === 'manual') return undefined
    const [due] = await this.#options.run<{ ms: number | null }>(this.#options.control, promote, [CHUNK])
    return due?.ms
  }

  /** Steps do not depend on one another: what fails is reported, and the next is taken. */
  async #step(work: () => Promise<unknown>): Promise<void> {
    if (this.#stopped) return
    try {
      await work()
    } catch (error) {
      if (!this.#stopped) this.#options.onError(error, { place: 'upkeep' })
    }
  }

  /** A part of each round at the most, whatever there is to let go: rescue and due work do not stand behind it. */
  async #letGo(untilMs: number): Promise<void> {
    const steps = this.#retention
    this.#retention = undefined
    for (let next = await steps?.next(); next && !next.done; next = await steps?.next()) {
      if (performance.now() < untilMs && !this.#stopped) continue
      this.#retention = steps
      return
    }
  }

  async #fold(untilMs: number): Promise<void> {
    const { control, run } = this.#options
    for (let folded = FOLD_PIECE; folded === FOLD_PIECE && performance.now() < untilMs && !this.#stopped; ) {
      const [row] = await run<{ n: number }>(control, fold, [FOLD_PIECE])
      folded = row?.n ?? 0
    }
  }

  async #moveAbsent(): Promise<number> {
    const [row] = await this.#options.run<{ n: number }>(this.#options.control, moveAbsent, [CHUNK])
    return row?.n ?? 0
  }

  async #makeWeeks(): Promise<void> {
    await this.#options.run(this.#options.control, partitions, []).catch((error: unknown) => {
      throw blocked('The weeks ahead could not be made', error)
    })
  }

  /**
   * Claims in this daemon's name that it knows nothing of: the answer to a claim was lost on the way, or what became of
   * one could not be written. Seen first, compared afterwards: a claim made meanwhile is not among those seen.
   */
  async #rescueStrays(): Promise<void> {
    const { control, run, daemonId, liveTokens } = this.#options
    const seen = await run<{ token: string }>(control, ownTokens, [daemonId])
    const live = liveTokens()
    const strays = seen.map(({ token }) => token).filter((token) => !live.has(token))
    if (strays.length > 0) await this.#rescue(daemonId, strays)
  }

  async #rescue(daemonId: string, tokens: readonly string[] | null): Promise<void> {
    const { control, run, onWork } = this.#options
    const commands = await run<{ n: number }>(control, rescueCommands, [daemonId, tokens, CHUNK])
    await run(control, rescueCommitted, [daemonId, tokens, CHUNK])
    const events = await run<{ n: number }>(control, rescueEvents, [daemonId, tokens, CHUNK])
    if ((commands[0]?.n ?? 0) + (events[0]?.n ?? 0) > 0) onWork()
  }

  #isTime(what: 'subscriptions' | 'sweep' | 'fold' | 'housekeeping' | 'retention', everyMs: number): boolean {
    const now = performance.now()
    if (this.#last[what] !== 0 && now - this.#last[what] < everyMs) return false
    this.#last[what] = now
    return true
  }
}

import { setTimeout as sleep } from 'node:timers/promises'
import { isServerState, sqlState } from '../postgres/server-state.ts'
import type { Settlement, Unwritten } from './settle-commands.ts'

/** Between two rounds, while the database takes nothing. */
const PAUSE_MS = { first: 50, longest: 2_000, whenStopping: 250 }
/** Between two tries of what the database refuses for its own sake: somebody has to mend something first. */
const REFUSED_MS = { first: 1_000, longest: 60_000 }
/** A statement that runs into its timeout alone so often is too large, and no lock is in its way. */
const TIMEOUTS_MAX = 5
const REPORT_EVERY_MS = 10_000

interface Kept {
  readonly settlement: Settlement
  readonly resolve: (written: boolean) => void
  error: unknown
  /** How often in a row it was refused for its own sake, and ran into the statement's timeout alone. */
  refusals: number
  timeouts: number
  /** Tried together with so many at the most: half of those that it failed with last. */
  together: number
  dueAt: number
}

export interface KeptOptions {
  /** @param blame see `settleCommands`. */
  write: (group: readonly Settlement[], blame?: (error: unknown) => boolean) => Promise<Unwritten[]>
  /** Told of a kind of error every ten seconds at the most. */
  onError: (error: unknown, settlement: Settlement, kept: number) => void
}

/**
 * What became of claims and could not be written yet: kept, and tried again until the database takes it or the daemon
 * gives up. Above all that an outside service was called: whoever forgets it calls again. Writing twice does no harm, for
 * the claim's token is gone after the first time.
 */
export class KeptSettlements {
  readonly #options: KeptOptions
  /** Whoever waited longest for a try comes first. */
  #kept: Kept[] = []
  #wake = new AbortController()
  #running = false
  /** Nothing is to be tried before somebody has mended something. */
  #resting = false
  #stopping = false
  #givenUp = false
  #reportedAt = new Map<string, number>()

  constructor(options: KeptOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#kept.length
  }

  /**
   * @param together how many failed with it.
   * @returns whether it was written in the end; false: the daemon gave up, and a rescue finds the claim.
   */
  keep(unwritten: Unwritten, together: number): Promise<boolean> {
    if (this.#givenUp) return Promise.resolve(false)
    return new Promise((resolve) => {
      const { settlement } = unwritten
      this.#postpone(
        { settlement, resolve, error: undefined, refusals: 0, timeouts: 0, together: 1, dueAt: 0 },
        unwritten,
        together,
      )
      if (!this.#running) void this.#run()
      else if (this.#resting && !unwritten.refused) this.#wake.abort()
    })
  }

  /** The grace of a stop has begun: everything is tried at once, and then more often. */
  stop(): void {
    this.#stopping = true
    for (const kept of this.#kept) kept.dueAt = 0
    this.#wake.abort()
  }

  /** The grace of a stop is over. */
  giveUp(): void {
    this.#givenUp = true
    const [first] = this.#kept
    if (first) {
      const message = `What became of ${this.#kept.length} commands was not written when the daemon left.`
      this.#options.onError(new Error(message, { cause: first.error }), first.settlement, this.#kept.length)
    }
    for (const { resolve } of this.#kept.splice(0)) resolve(false)
    this.#wake.abort()
  }

  async #run(): Promise<void> {
    this.#running = true
    for (let failures = 0; this.#kept.length > 0; failures++) {
      const pauseMs = Math.min(PAUSE_MS.first * 2 ** failures, PAUSE_MS.longest)
      const dueMs = Math.min(...this.#kept.map(({ dueAt }) => dueAt)) - performance.now()
      this.#resting = dueMs > pauseMs
      await this.#pause(this.#stopping ? PAUSE_MS.whenStopping : Math.max(pauseMs, dueMs))
      if (await this.#round()) failures = -1
    }
    this.#running = false
  }

  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#wake.signal }).catch(() => {})
    this.#wake = new AbortController()
  }

  /**
   * Tries what is due, until the database takes nothing: one statement that fails a round, however many are kept.
   * @returns whether anything was written.
   */
  async #round(): Promise<boolean> {
    let written = false
    const tried = new Set<Kept>()
    for (let group = this.#next(tried); group.length > 0; group = this.#next(tried)) {
      const left = new Map((await this.#write(group)).map((unwritten) => [unwritten.settlement, unwritten]))
      if (this.#givenUp) return true
      for (const kept of group) {
        tried.add(kept)
        this.#kept.splice(this.#kept.indexOf(kept), 1)
        const unwritten = left.get(kept.settlement)
        if (!unwritten) {
          written = true
          kept.resolve(true)
          continue
        }
        this.#postpone(kept, unwritten, group.length)
      }
      if ([...left.values()].some(({ refused }) => !refused)) break
    }
    return written
  }

  #write(group: readonly Kept[]): Promise<Unwritten[]> {
    const settlements = group.map(({ settlement }) => settlement)
    if (group[0] && group[0].timeouts < TIMEOUTS_MAX) return this.#options.write(settlements)
    return this.#options.write(settlements, (error) => isTimeout(error) || !isServerState(error))
  }

  #next(tried: ReadonlySet<Kept>): Kept[] {
    const now = performance.now()
    const due = this.#kept.filter((kept) => kept.dueAt <= now && !tried.has(kept))
    const together = due[0]?.together ?? 0
    return due.slice(0, together).filter((kept) => kept.together === together)
  }

  /** @param group how many failed together. */
  #postpone(kept: Kept, { settlement, error, refused }: Unwritten, group: number): void {
    kept.error = error
    kept.together = Math.max(1, Math.ceil(group / 2))
    kept.timeouts = group === 1 && isTimeout(error) ? kept.timeouts + 1 : 0
    kept.refusals = refused ? kept.refusals + 1 : 0
    const waitMs = Math.min(REFUSED_MS.first * 2 ** (kept.refusals - 1), REFUSED_MS.longest)
    kept.dueAt = refused && !this.#stopping ? performance.now() + waitMs : 0
    this.#kept.push(kept)
    this.#report(error, settlement)
  }

  #report(error: unknown, settlement: Settlement): void {
    const kind = sqlState(error) ?? String((error as { code?: unknown } | undefined)?.code ?? 'other')
    const now = performance.now()
    if (now - (this.#reportedAt.get(kind) ?? Number.NEGATIVE_INFINITY) < REPORT_EVERY_MS) return
    this.#reportedAt.set(kind, now)
    this.#options.onError(error, settlement, this.#kept.length)
  }
}

function isTimeout(error: unknown): boolean {
  return sqlState(error) === '57014'
}

import { randomUUID } from 'node:crypto'
import { setMaxListeners } from 'node:events'
import { settleBatches } from '../batches/settle-batches.ts'
import type { Taken } from '../daemon/take.ts'
import { correctedNow } from '../definitions/uuid.ts'
import type { EnginePool } from '../postgres/pools.ts'
import type { Trouble } from '../postgres/trouble.ts'
import type { AttemptError } from '../processor/attempt-error.ts'
import { BoundedReports } from '../processor/bounded-reports.ts'
import type { OnError } from '../processor/error-context.ts'
import { Gather } from '../processor/gather.ts'
import { Processor } from '../processor/processor.ts'
import { within } from '../processor/within.ts'
import { Abandonment } from './abandonment.ts'
import { acceptedButBad, failure, release } from './attempt-end.ts'
import type { ClaimOptions, CommandClaim } from './claim-commands.ts'
import { LANES } from './command.ts'
import { givenBackError, troubleKind } from './given-back.ts'
import { KeptSettlements } from './kept-settlements.ts'
import { LaneClaims } from './lane-claims.ts'
import { LaneShares } from './lane-shares.ts'
import { type Found, type Intent, intendEffects, recordStarts } from './record-claims.ts'
import { runCommand } from './run-command.ts'
import type { Intended, RunOptions, RunResult } from './run-options.ts'
import { runShared, SHARED_MAX } from './run-shared.ts'
import { type Settlement, settleCommands, type Unwritten } from './settle-commands.ts'
import type { RunSharedOptions } from './shared-transaction.ts'
import { SharedTypes } from './shared-types.ts'
import { Suspects } from './suspects.ts'
import { WaitingClaims } from './waiting-claims.ts'
import { Withheld } from './withheld.ts'

export interface CommandsProcessorOptions extends Omit<RunOptions, 'exec' | 'intend' | 'abandonment' | 'onTrouble'> {
  exec: EnginePool
  taken: Taken
  /** How many commands one daemon holds at the most. */
  claimMax: number
  /** How many of them run at once. */
  concurrency: number
  pollMs: number
  onError: OnError
  /** Something will be due after so many milliseconds. */
  onScheduled: (delayMs: number) => void
  /** A commit may have made events or commands. */
  onFollowUps: () => void
}

/** Most completions in one transaction. */
const GROUP_MAX = 2_000

const AWAY: AttemptError = {
  class: 'Released',
  message: 'The database of the handlers gave no connection for some seconds; this had not begun.',
  stack: null,
}

/** Claims commands and runs several at a time: one that is slow holds up nobody. */
export class CommandsProcessor {
  readonly #options: CommandsProcessorOptions
  readonly #claims: ClaimOptions
  readonly #processor: Processor<CommandClaim>
  readonly #waiting = LANES.map(() => new WaitingClaims())
  #lanes: ReadonlyMap<number, LaneClaims>
  readonly #shares: LaneShares
  /** By claim, not by command: one that was presumed lost goes on here while its command is claimed again. */
  readonly #held = new Set<CommandClaim>()
  readonly #runs: RunSharedOptions
  readonly #heldOfBatch = new Map<string, number>()
  readonly #shutdown = new AbortController()
  readonly #abandonment = new Abandonment()
  /** Of claims whose rows are not in `#held` yet. */
  readonly #claiming = new Set<string>()
  readonly #settlements: Gather<Settlement, boolean>
  readonly #kept: KeptSettlements
  readonly #intents: Gather<Intent, Intended | false>
  readonly #starts: Gather<CommandClaim, Found | false>
  readonly #suspects: Suspects
  readonly #withheld: Withheld
  readonly #troubles: BoundedReports<{ trouble: Trouble; claim: CommandClaim }>
  #interactiveOnly = false
  #emptied: (() => void) | undefined

  constructor(options: CommandsProcessorOptions) {
    this.#options = options
    setMaxListeners(0, this.#shutdown.signal) // one for every command that runs and asks for its signal
    const { control: pool, run, daemonId, taken } = options
    const withheld = new Withheld([...taken.app.commandHandlers.keys()], (claims) => this.#giveBack(claims, AWAY))
    this.#withheld = withheld
    options.exec.onBack(() => this.#goOn())
    this.#claims = {
      ...{ pool, run, daemonId, lanes: taken.lanes },
      get types() {
        return withheld.claimable
      },
    }
    this.#lanes = this.#lanesFromBeginning()
    this.#shares = new LaneShares(options.concurrency, options.claimMax, taken.lanes)
    this.#settlements = new Gather((group) => this.#settle(group), GROUP_MAX)
    this.#kept = new KeptSettlements({
      write: (group, blame) => this.#write(group, blame),
      onError: (error, { claim }, kept) =>
        options.onError(error, { place: 'settle-commands', ...(kept === 1 ? named(claim) : {}) }),
    })
    this.#intents = new Gather((group) => intendEffects(options, group), GROUP_MAX)
    this.#starts = new Gather((group) => recordStarts(options, group), GROUP_MAX)
    this.#suspects = new Suspects(this.#claims, () => {
      this.#processor.freed()
      this.#processor.wake()
    })
    this.#troubles = new BoundedReports(({ trouble, claim }, n) => {
      const context = n === 1 ? named(claim) : {}
      options.onError(givenBackError(trouble, n), { place: 'run-command', ...context })
    })
    this.#runs = {
      ...options,
      abandonment: this.#abandonment,
      intend: (intent) => this.#intents.add(intent),
      onTrouble: (trouble, claim) => {
        this.#troubles.add(troubleKind(trouble), { trouble, claim })
        if (trouble.place === 'connecting' && options.exec.isAway) this.#withhold(claim.type)
      },
      sharedTypes: new SharedTypes(),
    }
    this.#processor = new Processor({
      free: () => this.#free(),
      claim: (limit) => this.#claim(limit),
      accept: (claims) => this.#accept(claims),
      pollMs: options.pollMs,
      onError: (error) => options.onError(error, { place: 'claim-commands' }),
    })
  }

  get held(): number {
    return this.#held.size
  }

  get sinceClaimMs(): number {
    return this.#processor.sinceClaimMs
  }

  get tokens(): string[] {
    return [...this.#claiming, ...new Set([...this.#held].map(({ token }) => token))]
  }

  start(): void {
    this.#processor.start()
  }

  wake(): void {
    this.#processor.wake()
  }

  /** Claims no more, gives back what has not started, waits up to `graceMs` for the rest, then aborts it. */
  async stop(graceMs: number): Promise<void> {
    const grace = setTimeout(() => this.#shutdown.abort(new Error('The daemon is shutting down.')), graceMs)
    // A handler that does not heed its signal is left behind: its fence will refuse it, and the rescue runs it again.
    await within(graceMs + 2_000, this.#drain())
    clearTimeout(grace)
    this.#kept.giveUp()
    this.#abandonment.happen()
  }

  async #drain(): Promise<void> {
    this.#kept.stop()
    await this.#processor.stop()
    const waiting = this.#waiting.flatMap((lane) => lane.take(lane.length))
    this.#giveBack([this.#suspects.take() ?? [], this.#withheld.take(), waiting].flat())
    if (this.#held.size === 0) return
    await new Promise<void>((resolve) => {
      this.#emptied = resolve
    })
  }

  /** Gives back claims that have not begun. */
  #giveBack(claims: readonly CommandClaim[], error?: AttemptError): void {
    for (const claim of claims) {
      const timed = { claim, startedAtMs: undefined, ms: 0 }
      void this.#finish(claim, { ...timed, outcome: 'released', final: false, failed: false, error })
    }
  }

  /** The handlers' database gives no connection: other types may do without one. */
  #withhold(type: string): void {
    if (!this.#withheld.add(type)) return
    for (const waiting of this.#waiting) {
      for (const claim of waiting.take(waiting.length)) if (!this.#withheld.keeps(claim)) waiting.push(claim)
    }
  }

  #goOn(): void {
    this.#lanes = this.#lanesFromBeginning() // they have passed over what was withheld
    for (const claim of this.#withheld.end()) this.#waiting[claim.lane]?.push(claim)
    this.#startRuns()
    this.#processor.wake()
  }

  #lanesFromBeginning(): ReadonlyMap<number, LaneClaims> {
    return new Map(this.#claims.lanes.map((lane) => [lane, new LaneClaims(this.#claims, lane)]))
  }

  /** Claims that take a place. What has ended and waits to be written takes none, or a fault in the database would stop all. */
  get #busy(): number {
    return this.#held.size - Math.min(this.#kept.size, this.#options.claimMax)
  }

  #free(): number {
    if (this.#suspects.isAlone) return this.#busy === 0 ? 1 : 0
    return this.#options.claimMax - this.#busy
  }

  async #claim(limit: number): Promise<CommandClaim[]> {
    this.#claiming.clear()
    if (this.#claims.types.length === 0) return []
    // A claim for every command that ends would cost a round trip each; but the interactive lane does not wait for others.
    this.#interactiveOnly = limit * 4 < this.#options.claimMax
    const suspect = await this.#suspects.next(this.#busy, () => this.#newToken())
    const claims = suspect ? [suspect] : []
    if (this.#suspects.isAlone) return claims
    for (const ask of this.#shares.asks(limit, this.#interactiveOnly, () => claims.length)) {
      try {
        claims.push(...(await (this.#lanes.get(ask.lane) as LaneClaims).next(ask.limit, () => this.#newToken())))
      } catch (error) {
        if (claims.length === 0) throw error
        this.#options.onError(error, { place: 'claim-commands' }) // what the lanes before it gave is ours already
        break
      }
    }
    if (claims.length === 0 && [...this.#lanes.values()].some(({ unfinished }) => unfinished)) this.#processor.wake()
    return claims
  }

  #newToken(): string {
    const token = randomUUID()
    this.#claiming.add(token)
    return token
  }

  #accept(claims: CommandClaim[]): void {
    for (const claim of claims) {
      this.#held.add(claim)
      this.#shares.claimed(claim.lane)
      if (claim.batchId) this.#heldOfBatch.set(claim.batchId, (this.#heldOfBatch.get(claim.batchId) ?? 0) + 1)
      if (claim !== this.#suspects.held && !this.#withheld.keeps(claim)) this.#waiting[claim.lane]?.push(claim)
    }
    this.#claiming.clear()
    this.#startRuns()
  }

  #startRuns(): void {
    if (this.#shares.freeSlots > 0) {
      const suspect = this.#suspects.take()
      if (suspect) void this.#runNext([suspect], suspect.lane)
    }
    for (;;) {
      const lane = this.#shares.next(this.#waiting)
      if (lane === undefined) return
      void this.#runNext(this.#takeNext(this.#waiting[lane] as WaitingClaims, this.#shares.freeSlots), lane)
    }
  }

  /** One command, or several that may share a transaction when there are more of them than slots. */
  #takeNext(waiting: WaitingClaims, slots: number): CommandClaim[] {
    const first = waiting.at(0) as CommandClaim
    const most = Math.min(SHARED_MAX, Math.ceil(waiting.length / slots))
    const isShared = (claim: CommandClaim | undefined) =>
      claim?.tenant === first.tenant && claim.crashes === 0 && this.#isShared(claim)
    let n = 1
    if (isShared(first)) while (n < most && isShared(waiting.at(n))) n++
    return waiting.take(n)
  }

  #isShared({ type }: CommandClaim): boolean {
    const handler = this.#options.app.commandHandlers.get(type)
    return handler?.command.shared === true && !handler.effect
  }

  async #runNext(claims: readonly CommandClaim[], lane: number): Promise<void> {
    this.#shares.started(lane)
    let running = true
    const leave = () => {
      if (!running) return
      running = false
      this.#shares.ended(lane)
      this.#startRuns()
    }
    const options = this.#runs
    const [first] = claims as [CommandClaim]
    const run =
      claims.length > 1
        ? runShared(options, claims, this.#shutdown.signal, leave)
        : (first.crashes > 0
            ? this.#runRecorded(first, leave)
            : runCommand(options, first, this.#shutdown.signal, leave)
          ).then((result) => [result])
    const results = await run.catch((error: unknown) =>
      claims.map((claim) => {
        const handler = options.app.commandHandlers.get(claim.type)
        return failure(claim, handler, error, { claim, startedAtMs: correctedNow(), ms: 0 })
      }),
    )
    leave()
    for (const [i, claim] of claims.entries()) {
      const result = results[i]
      void this.#finish(claim, result === 'settled' || result === 'fenced' ? undefined : result)
    }
  }

  /** One that was in hand when a daemon was lost: should this one be lost too, it is known whether it had started. */
  async #runRecorded(claim: CommandClaim, onCommitting: () => void): Promise<RunResult> {
    const startedAtMs = correctedNow()
    try {
      if (!(await this.#starts.add(claim))) return 'fenced'
    } catch (error) {
      this.#options.onError(error, { place: 'start-commands', ...named(claim) })
      return release({ claim, startedAtMs, ms: 0 }, 'Its start could not be recorded, so it was not run.')
    }
    return runCommand(this.#runs, claim, this.#shutdown.signal, onCommitting)
  }

  async #finish(claim: CommandClaim, settlement: Settlement | undefined): Promise<void> {
    let written = true
    try {
      if (settlement) written = await this.#settlements.add(settlement)
    } catch (error) {
      written = false
      this.#options.onError(error, { place: 'settle-commands', ...named(claim) })
    }
    this.#held.delete(claim)
    this.#shares.finished(claim.lane)
    if (this.#suspects.ended(claim)) this.#processor.wake()
    if (claim.batchId) {
      const left = (this.#heldOfBatch.get(claim.batchId) ?? 1) - 1
      if (left > 0) this.#heldOfBatch.set(claim.batchId, left)
      else {
        this.#heldOfBatch.delete(claim.batchId)
        if (written) {
          await settleBatches(this.#options, [{ tenant: claim.tenant, id: claim.batchId }]).catch((error: unknown) =>
            this.#options.onError(error, { place: 'settle-batch', tenant: claim.tenant }),
          )
        }
      }
    }
    if (written && settlement && !settlement.final && settlement.delayMs !== undefined)
      this.#options.onScheduled(settlement.delayMs)
    if (written && (!settlement || settlement.next || settlement.committedAt)) this.#options.onFollowUps()
    if (this.#held.size === 0) this.#emptied?.()
    if (this.#interactiveOnly && this.#free() * 4 >= this.#options.claimMax) {
      this.#interactiveOnly = false
      this.#processor.wake()
    }
    if (this.#free() * 4 >= this.#options.claimMax) this.#processor.freed()
    else setImmediate(() => this.#processor.freed()) // the rest of a group that was settled together comes first
  }

  /** Answers for each by itself: what cannot be written is kept, and its neighbours do not wait for it. */
  async #settle(group: readonly Settlement[]): Promise<(boolean | Promise<boolean>)[]> {
    const left = new Map((await this.#write(group)).map((unwritten) => [unwritten.settlement, unwritten]))
    const together = [...left.values()].filter(({ refused }) => !refused).length
    for (const { claim } of left.keys()) if (this.#suspects.ended(claim)) this.#processor.wake()
    if (left.size > 0) setImmediate(() => this.#processor.freed()) // what is kept takes no place
    return group.map((settlement) => {
      const unwritten = left.get(settlement)
      return unwritten ? this.#kept.keep(unwritten, together) : true
    })
  }

  #write(group: readonly Settlement[], blame?: (error: unknown) => boolean): Promise<Unwritten[]> {
    const { control: pool, run, daemonId, app } = this.#options
    const instead = (settlement: Settlement, error: unknown): Settlement | undefined => {
      const { claim, next, startedAtMs = correctedNow(), ms, effect, providerId } = settlement
      // All else is as short as can be: what is refused in it would be refused in anything else that says the same.
      if (next === undefined) return undefined
      const timed = { claim, startedAtMs, ms }
      if (effect === 'accepted') return acceptedButBad(error, timed, providerId)
      return failure(claim, app.commandHandlers.get(claim.type), error, timed)
    }
    return settleCommands({ pool, run, daemonId, instead }, group, blame)
  }
}

/** The command, for whoever reads of trouble with it. */
function named({ tenant, id, type }: CommandClaim): { tenant: string; commandId: string; commandType: string } {
  return { tenant, commandId: id, commandType: type }
}

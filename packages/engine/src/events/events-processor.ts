import { randomUUID } from 'node:crypto'
import { setMaxListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { subscriptionsOf } from '../app/app.ts'
import { Processor } from '../processor/processor.ts'
import { within } from '../processor/within.ts'
import {
  type ClaimEventsOptions,
  type Claimed,
  claimApart,
  claimSuspectEvent,
  type EventClaim,
} from './claim-events.ts'
import { SetClaims } from './set-claims.ts'
import { SetRunner, type SetRunnerOptions } from './set-runner.ts'
import { SlowHandlers } from './slow-handlers.ts'

export interface EventsProcessorOptions
  extends Omit<SetRunnerOptions, 'shutdown' | 'stopping' | 'slow' | 'patienceMs' | 'onAside'> {
  /** How many events one set holds at the most. */
  claimMax: number
  pollMs: number
}

const SUSPECTS_EVERY_MS = 1_000
/** A handler that is not done after this is set aside, so that a thousand others need not wait for its timeout. */
const PATIENCE_MS = 2_000
/** How many runs of slow handlers go on beside the set, and how many of one handler. */
export const APART_MAX = 4
const APART_MAX_EACH = 2
const OUTAGE_WAIT_MS_MAX = 5_000

/**
 * Takes up to 1000 of the oldest pending events of the tenants whose turn it is, runs every handler in memory, in order,
 * and saves all of it in one transaction. Handlers that kept others waiting run beside it, each in a transaction of its own.
 */
export class EventsProcessor {
  readonly #options: EventsProcessorOptions
  readonly #claims: ClaimEventsOptions
  readonly #processor: Processor<EventClaim>
  readonly #apart: Processor<EventClaim>
  readonly #set: SetRunner
  readonly #alone: SetRunner
  readonly #slow = new SlowHandlers(() => this.#wakeApart())
  readonly #stopping = new AbortController()
  readonly #shutdown = new AbortController()
  readonly #tokens = new Set<string>()
  readonly #runningApart = new Map<EventClaim, Promise<void>>()
  readonly #sets = new SetClaims((claim) => this.#claimWith(claim), this.#stopping.signal)
  #held = 0
  #outages = 0
  #suspectsAskedAt = performance.now()

  constructor(options: EventsProcessorOptions) {
    this.#options = options
    const shutdown = this.#shutdown.signal
    const stopping = this.#stopping.signal
    setMaxListeners(0, shutdown, stopping) // one for every handler that runs
    const { control: pool, run, daemonId, app, pollMs } = options
    this.#claims = {
      pool,
      run,
      daemonId,
      types: [...app.eventHandlers.keys()],
      bareTypes: [...app.events.keys()].filter((type) => !app.eventHandlers.has(type)),
      handlers: subscriptionsOf(app),
    }
    const shared = { ...options, shutdown, stopping, slow: this.#slow, onAside: () => this.#wakeApart() }
    this.#set = new SetRunner({ ...shared, patienceMs: PATIENCE_MS })
    this.#alone = new SetRunner({ ...shared, patienceMs: Infinity })
    const onError = (error: unknown) => options.onError(error, { place: 'claim-events' })
    this.#processor = new Processor({
      free: () => options.claimMax,
      claim: (limit) => this.#claim(limit),
      accept: (claims) => this.#process(claims),
      pollMs,
      onError,
    })
    this.#apart = new Processor({
      free: () => (this.#slow.names().length === 0 ? 0 : APART_MAX - this.#runningApart.size),
      claim: (limit) => this.#claimApart(limit),
      accept: (claims) => {
        for (const claim of claims) this.#runApart(claim)
      },
      pollMs,
      onError,
    })
  }

  get held(): number {
    return this.#held + this.#runningApart.size
  }

  get sinceClaimMs(): number {
    return this.#processor.sinceClaimMs
  }

  /** Of what is in hand, and of the claims under way. */
  get tokens(): string[] {
    return [...this.#tokens]
  }

  start(): void {
    this.#processor.start()
    this.#apart.start()
  }

  wake(): void {
    this.#processor.wake()
    this.#apart.wake()
  }

  #wakeApart(): void {
    this.#apart.freed()
    this.#apart.wake()
  }

  /** Saves what is done between two events, and gives back the rest. A handler that runs has until the grace is over. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping.abort()
    const timer = setTimeout(() => this.#shutdown.abort(new Error('The daemon is shutting down.')), graceMs)
    const ended = Promise.all([this.#processor.stop(), this.#apart.stop()]).then(() =>
      Promise.all(this.#runningApart.values()),
    )
    // Should the database not answer any more, the rescue does what could not be done here.
    await within(graceMs + 2_000, ended)
    clearTimeout(timer)
  }

  async #claim(limit: number): Promise<EventClaim[]> {
    const now = performance.now()
    if (now - this.#suspectsAskedAt > SUSPECTS_EVERY_MS) {
      const { claims: alone } = await this.#claimWith(claimSuspectEvent)
      // As long as there are some, every other set is one of them.
      this.#suspectsAskedAt = alone.length > 0 ? now - SUSPECTS_EVERY_MS : now
      if (alone.length > 0) return alone
    }
    const claims = await this.#sets.next(limit)
    if (claims.length > 0) return claims
    if (this.#sets.unfinished) this.#processor.wake()
    return (await this.#claimWith(claimSuspectEvent)).claims
  }

  async #claimApart(limit: number): Promise<EventClaim[]> {
    const running = [...this.#runningApart.keys()].map(({ type, handler }) => `${type}/${handler}`)
    const names = this.#slow.names().filter((name) => running.filter((r) => r === name).length < APART_MAX_EACH)
    if (names.length === 0) return []
    return (await this.#claimWith((own, token) => claimApart(own, names, limit, token))).claims
  }

  /** The token is known before the claim is sent: whatever has an unknown one is taken for lost. */
  async #claimWith<L extends Claimed>(claim: (options: ClaimEventsOptions, token: string) => Promise<L>): Promise<L> {
    const token = randomUUID()
    const slow = this.#slow.names()
    const handlers = slow.length > 0 ? this.#claims.handlers.filter((h) => !slow.includes(h)) : this.#claims.handlers
    this.#tokens.add(token)
    try {
      const look = await claim({ ...this.#claims, handlers }, token)
      if (look.claims.length === 0) this.#tokens.delete(token)
      return look
    } catch (error) {
      this.#tokens.delete(token)
      throw error
    }
  }

  async #process(claims: EventClaim[]): Promise<void> {
    this.#held = claims.length
    await this.#run(this.#set, claims)
    this.#held = 0
  }

  #runApart(claim: EventClaim): void {
    const run = this.#run(this.#alone, [claim]).finally(() => {
      this.#runningApart.delete(claim)
      this.#apart.freed()
    })
    this.#runningApart.set(claim, run)
  }

  async #run(runner: SetRunner, claims: readonly EventClaim[]): Promise<void> {
    try {
      await runner.process(claims)
      this.#outages = 0
    } catch (error) {
      if (this.#options.control.ending) return // left behind by a stop whose grace was over
      this.#options.onError(error, { place: 'process-events' })
      const wait = Math.min(50 * 2 ** this.#outages++, OUTAGE_WAIT_MS_MAX)
      await sleep(wait * (0.5 + Math.random() / 2), undefined, { signal: this.#stopping.signal }).catch(() => {})
    } finally {
      for (const { token } of claims) this.#tokens.delete(token)
    }
  }
}

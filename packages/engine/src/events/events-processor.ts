import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { SINGLE_TENANT } from '../definitions/uuid.ts'
import { CascataError } from '../errors.ts'
import { isConflict, isConnectionLoss } from '../postgres/database-error.ts'
import { AmbiguousCommit, LazyTransaction } from '../postgres/lazy-transaction.ts'
import { type Runner, statement } from '../postgres/pools.ts'
import { Processor } from '../processor/processor.ts'
import { type ClaimEventsOptions, claimEvents, claimSuspectEvent, type EventClaim } from './claim-events.ts'
import { failedHandling, type Handling, type RunHandlersOptions, runEventHandlers } from './run-event-handlers.ts'
import { settleEvents } from './settle-events.ts'

export interface EventsProcessorOptions extends Omit<RunHandlersOptions, 'shutdown'> {
  exec: pg.Pool
  control: pg.Pool
  run: Runner
  daemonId: string
  /** How many events one set holds at the most. */
  claimMax: number
  pollMs: number
  onError: (error: unknown) => void
  onScheduled: (delayMs: number) => void
}

// Lost after a lost connection: the claims are given back, counted against nobody.
const release = statement(
  'release_events',
  `update cascata.event_queue set state = 'pending', token = null, claimed_by = null
   where tenant = $1 and event_id = any($2::uuid[]) and token = $3`,
)

/**
 * Takes up to 1000 of the oldest pending events of the tenants whose turn it is, runs every handler in memory, in order,
 * and saves all of it in one transaction.
 */
export class EventsProcessor {
  readonly #options: EventsProcessorOptions
  readonly #claims: ClaimEventsOptions
  readonly #processor: Processor<EventClaim>
  readonly #shutdown = new AbortController()
  #cursor = SINGLE_TENANT
  #held = 0

  constructor(options: EventsProcessorOptions) {
    this.#options = options
    const { control: pool, run, daemonId, app } = options
    this.#claims = {
      pool,
      run,
      daemonId,
      types: [...app.events.keys()],
      handlers: [...app.eventHandlers].flatMap(([type, handlers]) => handlers.map((h) => `${type}/${h.handlerName}`)),
    }
    this.#processor = new Processor({
      free: () => options.claimMax,
      claim: (limit) => this.#claim(limit),
      accept: (claims) => this.#process(claims),
      pollMs: options.pollMs,
      onError: options.onError,
    })
  }

  get held(): number {
    return this.#held
  }

  start(): void {
    this.#processor.start()
  }

  wake(): void {
    this.#processor.wake()
  }

  async stop(graceMs: number): Promise<void> {
    const timer = setTimeout(() => this.#shutdown.abort(new Error('The daemon is shutting down.')), graceMs)
    await this.#processor.stop()
    clearTimeout(timer)
  }

  async #claim(limit: number): Promise<EventClaim[]> {
    const claims = await claimEvents(this.#claims, limit, this.#cursor, randomUUID())
    const last = claims
      .map(({ tenant }) => tenant)
      .sort()
      .at(-1)
    this.#cursor = claims.length < limit ? SINGLE_TENANT : (last ?? SINGLE_TENANT)
    return claims.length > 0 ? claims : await claimSuspectEvent(this.#claims, randomUUID())
  }

  async #process(claims: EventClaim[]): Promise<void> {
    this.#held = claims.length
    try {
      await this.#processSet(claims)
    } finally {
      this.#held = 0
    }
  }

  /** If the set cannot be saved, its halves are tried, and so on until the culprit stands alone. */
  async #processSet(claims: EventClaim[]): Promise<void> {
    try {
      const tx = new LazyTransaction(this.#options.exec, this.#options.run)
      const handlings = await runEventHandlers({ ...this.#options, shutdown: this.#shutdown.signal }, claims, tx).catch(
        async (error: unknown) => {
          await tx.rollback()
          throw error
        },
      )
      await this.#save(tx, handlings)
    } catch (error) {
      if (isConflict(error)) return await this.#processSet(claims)
      if (isConnectionLoss(error) || error instanceof AmbiguousCommit) return await this.#giveBack(claims, error)
      if (claims.length > 1) {
        const middle = Math.ceil(claims.length / 2)
        await this.#processSet(claims.slice(0, middle))
        return await this.#processSet(claims.slice(middle))
      }
      const [claim] = claims as [EventClaim]
      if (error instanceof CascataError && error.code === 'fenced') return // another daemon has it now
      await this.#recordCulprit(claim, error)
    }
  }

  async #save(tx: LazyTransaction, handlings: Handling[]): Promise<void> {
    await tx.commit(settleEvents(this.#options.daemonId, handlings))
    for (const { final, delayMs } of handlings) if (!final && delayMs !== undefined) this.#options.onScheduled(delayMs)
  }

  /** Of one event's handlers, the one without whose result the rest can be saved is at fault; if none is, all are. */
  async #recordCulprit(claim: EventClaim, thrown: unknown): Promise<void> {
    const handlers = this.#options.app.eventHandlers.get(claim.type) ?? []
    const names = (claim.handler === '' ? handlers : handlers.filter((h) => h.handlerName === claim.handler)).map(
      (h) => h.handlerName,
    )
    for (const culprits of [...(names.length > 1 ? names.map((name) => [name]) : []), names]) {
      const tx = new LazyTransaction(this.#options.exec, this.#options.run)
      try {
        const ran = await runEventHandlers({ ...this.#options, shutdown: this.#shutdown.signal }, [claim], tx)
        const handlings = ran.map((h) => (culprits.includes(h.handler) ? failedHandling(h, thrown, h.ms) : h))
        return await this.#save(tx, handlings)
      } catch (error) {
        await tx.rollback()
        if (isConnectionLoss(error) || error instanceof AmbiguousCommit) return await this.#giveBack([claim], error)
      }
    }
    this.#options.onError(thrown)
  }

  /** After an ambiguous COMMIT this finds nothing to release if it took effect: the rows are gone. */
  async #giveBack(claims: EventClaim[], error: unknown): Promise<void> {
    this.#options.onError(error)
    for (const [tenant, own] of Map.groupBy(claims, (c) => c.tenant)) {
      await this.#options
        .run(this.#options.control, release, [tenant, own.map((c) => c.eventId), own[0]?.token])
        .catch(this.#options.onError) // the rescue will
    }
  }
}

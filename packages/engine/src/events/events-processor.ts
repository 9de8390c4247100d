import { randomUUID } from 'node:crypto'
import { setMaxListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { correctedNow, SINGLE_TENANT } from '../definitions/uuid.ts'
import { hasCode } from '../errors.ts'
import { isConflict } from '../postgres/database-error.ts'
import { AmbiguousCommit, LazyTransaction } from '../postgres/lazy-transaction.ts'
import { type Runner, statement } from '../postgres/pools.ts'
import type { OnError } from '../processor/error-context.ts'
import { Processor } from '../processor/processor.ts'
import { within } from '../processor/within.ts'
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
  onError: OnError
  onScheduled: (delayMs: number) => void
  /** A commit may have made events or commands. */
  onFollowUps: () => void
}

/** A conflict (serialization, deadlock) is repeated this often before the set is halved. */
const CONFLICTS_MAX = 5
const SUSPECTS_EVERY_MS = 1_000

// Lost after a lost connection: the claims are given back, counted against nobody.
const release = statement(
  'release_events',
  `update cascata.event_queue set state = 'pending', token = null, claimed_by = null
   where tenant = $1 and event_id = any($2::uuid[]) and token = $3`,
)

const stillOurs = statement(
  'still_ours',
  `select event_id, handler from cascata.event_queue where tenant = $1 and event_id = any($2::uuid[]) and token = $3`,
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
  readonly #tokens = new Set<string>()
  #cursor = SINGLE_TENANT
  #held = 0
  #suspectsAskedAt = performance.now()

  constructor(options: EventsProcessorOptions) {
    this.#options = options
    setMaxListeners(0, this.#shutdown.signal) // one for every event's signal
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
      onError: (error) => options.onError(error, { place: 'claim-events' }),
    })
  }

  get held(): number {
    return this.#held
  }

  get sinceClaimMs(): number {
    return this.#processor.sinceClaimMs
  }

  /** Of the set in hand, or of the claim under way. */
  get tokens(): string[] {
    return [...this.#tokens]
  }

  start(): void {
    this.#processor.start()
  }

  wake(): void {
    this.#processor.wake()
  }

  async stop(graceMs: number): Promise<void> {
    const timer = setTimeout(() => this.#shutdown.abort(new Error('The daemon is shutting down.')), graceMs)
    // A handler that does not heed its signal is left behind: the set is not saved, and the rescue runs it again.
    await within(graceMs + 2_000, this.#processor.stop())
    clearTimeout(timer)
  }

  async #claim(limit: number): Promise<EventClaim[]> {
    this.#tokens.clear()
    const now = performance.now()
    if (now - this.#suspectsAskedAt > SUSPECTS_EVERY_MS) {
      this.#suspectsAskedAt = now
      const alone = await claimSuspectEvent(this.#claims, this.#newToken())
      if (alone.length > 0) return alone
    }
    const claims = await claimEvents(this.#claims, limit, this.#cursor, this.#newToken())
    const last = claims
      .map(({ tenant }) => tenant)
      .sort()
      .at(-1)
    this.#cursor = claims.length < limit ? SINGLE_TENANT : (last ?? SINGLE_TENANT)
    return claims.length > 0 ? claims : await claimSuspectEvent(this.#claims, this.#newToken())
  }

  #newToken(): string {
    const token = randomUUID()
    this.#tokens.add(token)
    return token
  }

  async #process(claims: EventClaim[]): Promise<void> {
    this.#held = claims.length
    try {
      await this.#processSet(claims)
    } finally {
      this.#held = 0
      this.#tokens.clear()
    }
  }

  /** If the set cannot be saved, its halves are tried, and so on until the culprit stands alone. */
  async #processSet(claims: EventClaim[], conflicts = 0): Promise<void> {
    const tx = new LazyTransaction(this.#options.exec, this.#options.run)
    try {
      const handlings = await runEventHandlers({ ...this.#options, shutdown: this.#shutdown.signal }, claims, tx).catch(
        async (error: unknown) => {
          await tx.rollback()
          throw error
        },
      )
      await this.#save(tx, handlings)
    } catch (error) {
      if (tx.lost || error instanceof AmbiguousCommit) return await this.#giveBack(claims, error)
      if (this.#shutdown.signal.aborted) return await this.#giveBack(claims, error)
      if (isConflict(error) && conflicts < CONFLICTS_MAX) {
        await sleep(10 + Math.random() * 90)
        return await this.#processSet(claims, conflicts + 1)
      }
      if (hasCode(error, 'fenced')) {
        const ours = await this.#stillOurs(claims)
        return ours.length > 0 ? await this.#processSet(ours) : undefined // others have the rest now
      }
      if (claims.length > 1) {
        const middle = Math.ceil(claims.length / 2)
        await this.#processSet(claims.slice(0, middle))
        return await this.#processSet(claims.slice(middle))
      }
      await this.#recordCulprit(claims[0] as EventClaim, error)
    }
  }

  async #save(tx: LazyTransaction, handlings: Handling[]): Promise<void> {
    await tx.commit(settleEvents(this.#options.daemonId, handlings))
    for (const { final, delayMs } of handlings) if (!final && delayMs !== undefined) this.#options.onScheduled(delayMs)
    this.#options.onFollowUps()
  }

  async #stillOurs(claims: EventClaim[]): Promise<EventClaim[]> {
    const found = new Set<string>()
    for (const [tenant, own] of Map.groupBy(claims, (c) => c.tenant)) {
      const rows = await this.#options.run<{ event_id: string; handler: string }>(this.#options.control, stillOurs, [
        tenant,
        own.map((c) => c.eventId),
        own[0]?.token,
      ])
      for (const row of rows) found.add(`${row.event_id}/${row.handler}`)
    }
    return claims.filter((c) => found.has(`${c.eventId}/${c.handler}`))
  }

  /** Of one event's handlers, the one without whose result the rest can be saved is at fault; if none is, all are. */
  async #recordCulprit(claim: EventClaim, thrown: unknown): Promise<void> {
    const handlers = this.#options.app.eventHandlers.get(claim.type) ?? []
    const names = (claim.handler === '' ? handlers : handlers.filter((h) => h.handlerName === claim.handler)).map(
      (h) => h.handlerName,
    )
    const shutdown = this.#shutdown.signal
    for (const culprit of names.length > 1 ? names : []) {
      const tx = new LazyTransaction(this.#options.exec, this.#options.run)
      try {
        const ran = await runEventHandlers({ ...this.#options, shutdown }, [claim], tx)
        const handlings = ran.map((h) => (culprit === h.handler ? failedHandling(h, thrown, h.ms) : h))
        return await this.#save(tx, handlings)
      } catch (error) {
        await tx.rollback()
        if (tx.lost || error instanceof AmbiguousCommit) return await this.#giveBack([claim], error)
      }
    }
    // Written without running anything again: whatever the handlers do, their failure can be saved.
    const tx = new LazyTransaction(this.#options.exec, this.#options.run)
    const startedAtMs = correctedNow()
    await this.#save(
      tx,
      names.map((handler) => failedHandling({ claim, handler, startedAtMs }, thrown, 0)),
    )
  }

  /** After an ambiguous COMMIT this finds nothing to release if it took effect: the rows are gone. */
  async #giveBack(claims: EventClaim[], error: unknown): Promise<void> {
    const { onError } = this.#options
    const [first] = claims
    const single = claims.length === 1 ? { eventId: first?.eventId, eventType: first?.type, tenant: first?.tenant } : {}
    onError(error, { place: 'process-events', ...single })
    for (const [tenant, own] of Map.groupBy(claims, (c) => c.tenant)) {
      await this.#options
        .run(this.#options.control, release, [tenant, own.map((c) => c.eventId), own[0]?.token])
        .catch((error: unknown) => onError(error, { place: 'process-events', tenant })) // the rescue will
    }
  }
}

import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { correctedNow } from '../definitions/uuid.ts'
import { hasCode } from '../errors.ts'
import { isConflict } from '../postgres/database-error.ts'
import { AmbiguousCommit, LazyTransaction } from '../postgres/lazy-transaction.ts'
import { type Runner, type Statement, statement } from '../postgres/pools.ts'
import type { OnError } from '../processor/error-context.ts'
import type { EventClaim } from './claim-events.ts'
import { failed, type Handling, lost } from './handling.ts'
import {
  dueHandlers,
  type RunHandlersOptions,
  runEventHandlers,
  type SetOptions,
  SpoiltSet,
} from './run-event-handlers.ts'
import { settleEvents } from './settle-events.ts'
import type { SlowHandlers } from './slow-handlers.ts'

export interface SetRunnerOptions extends RunHandlersOptions {
  exec: pg.Pool
  control: pg.Pool
  run: Runner
  daemonId: string
  slow: SlowHandlers
  /** How long one handler may keep the others waiting, in milliseconds. */
  patienceMs: number
  /** Aborted when the daemon begins to stop: no further event is begun. */
  stopping: AbortSignal
  onError: OnError
  onScheduled: (delayMs: number) => void
  /** A commit may have made events or commands. */
  onFollowUps: () => void
  /** Rows were made for handlers that are to be run apart. */
  onAside: () => void
}

/** A conflict (serialization, deadlock) is repeated this often before the set is halved. */
const CONFLICTS_MAX = 5
/** What is done after so long is saved, and the rest given back: no set keeps a transaction open, or others waiting, for longer. */
const PIECE_MS = 5_000
/** A server may end transactions sooner than that: pieces become shorter when one is lost, down to this. */
const PIECE_MS_MIN = 100

/**
 * Events of a piece, for a set in which some were in hand when a daemon was lost. The start of each piece is recorded,
 * so a second loss makes no more of them suspects: each of those is processed alone, which takes as long as a piece.
 */
const RECORDED_MAX = 32

const CLAIMS = 'unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[]) as c(tenant, event_id, handler, token)'
const SAME = 'q.event_id = c.event_id and q.handler = c.handler and q.token = c.token'

// Counted against nobody. After an ambiguous COMMIT it finds nothing to release if that took effect: the rows are gone.
const release = statement(
  'release_events',
  `update cascata.event_queue q set state = 'pending', token = null, claimed_by = null from ${CLAIMS} where q.tenant = any(array[c.tenant]) and ${SAME}`,
)

// Neither its success nor its failure can be written: it waits, longer each time, and is claimed alone.
const postpone = statement(
  'postpone_events',
  `update cascata.event_queue q set state = 'scheduled', token = null, claimed_by = null,
     crashes = least(q.crashes + 1, 1000), run_at = now() + least(2 ^ least(q.crashes, 10), 600) * interval '1 second'
   from ${CLAIMS} where q.tenant = any(array[c.tenant]) and ${SAME}`,
)

const stillOurs = statement(
  'still_ours',
  `select q.tenant, q.event_id, q.handler from ${CLAIMS}
   cross join lateral (select * from cascata.event_queue q where q.tenant = any(array[c.tenant]) and ${SAME} limit 1) q`,
)

// The claim's row is locked by it, so that it is either rescued before or has started.
const start = statement(
  'start_suspect_events',
  `update cascata.event_queue q set started = true from ${CLAIMS} where q.tenant = any(array[c.tenant]) and ${SAME}
   returning q.tenant, q.event_id, q.handler`,
)

/** Claims in hand that are neither saved nor given back yet, and what stands for their handlers already. */
interface InHand {
  readonly open: Set<EventClaim>
  readonly known: Map<EventClaim, Map<string, Handling>>
}

/**
 * Runs the handlers of claimed events and saves what became of them, in one transaction. If that fails, halves are tried,
 * and so on until the culprit stands alone. Whatever is neither saved nor at fault in the end is given back.
 */
export class SetRunner {
  readonly #options: SetRunnerOptions
  readonly #reported = new Map<string, number>()
  #pieceMs = PIECE_MS

  constructor(options: SetRunnerOptions) {
    this.#options = options
  }

  /** @throws what kept all of it from being saved: an outage. The claims have been given back then. */
  async process(claims: readonly EventClaim[]): Promise<void> {
    const inHand: InHand = { open: new Set(claims), known: new Map() }
    const until = performance.now() + this.#pieceMs
    const most = claims.some(isRecorded) ? RECORDED_MAX : claims.length
    try {
      for (let from = 0; from < claims.length; from += most) {
        if (from > 0 && (this.#options.stopping.aborted || performance.now() > until)) break
        const piece = await this.#begin(claims.slice(from, from + most), inHand)
        if (piece.length > 0) await this.#run(piece, inHand)
      }
    } finally {
      await this.#giveBack([...inHand.open])
    }
  }

  /** Should this daemon be lost too, it is known which had started of those that were in hand when another was. */
  async #begin(claims: readonly EventClaim[], inHand: InHand): Promise<readonly EventClaim[]> {
    const recorded = claims.filter(isRecorded)
    if (recorded.length === 0) return claims
    const begun = await this.#stillOurs(recorded, inHand, start)
    return claims.filter((claim) => !isRecorded(claim) || begun.includes(claim))
  }

  async #run(claims: readonly EventClaim[], inHand: InHand, conflicts = 0): Promise<void> {
    const tx = new LazyTransaction(this.#options.exec, this.#options.run)
    let reached = claims
    try {
      const handlings = await runEventHandlers(this.#setOptions(), claims, tx, inHand.known)
      if (handlings.length === 0) return await tx.rollback()
      const own = new Set(handlings.map(({ claim }) => claim))
      reached = claims.filter((claim) => own.has(claim))
      await this.#save(tx, handlings, inHand)
      this.#pieceMs = Math.min(this.#pieceMs * 1.2, PIECE_MS)
    } catch (error) {
      tx.destroy()
      await this.#recover(reached, inHand, tx, error, conflicts)
    }
  }

  #setOptions(): SetOptions {
    const { app, services, shutdown, now, patienceMs, slow, stopping } = this.#options
    const until = performance.now() + this.#pieceMs
    return {
      ...{ app, services, shutdown, now, patienceMs },
      enough: (done) => stopping.aborted || (done > 0 && performance.now() > until),
      isSlow: (claim, handler) => patienceMs < Infinity && slow.has(claim.type, handler),
      onSlow: (claim, handler) => slow.add(claim.type, handler),
    }
  }

  async #save(tx: LazyTransaction, handlings: readonly Handling[], inHand: InHand): Promise<void> {
    await tx.commit(settleEvents(this.#options.daemonId, this.#options.app, handlings))
    for (const { claim, final, delayMs } of handlings) {
      inHand.open.delete(claim)
      if (!final && delayMs !== undefined) this.#options.onScheduled(delayMs)
    }
    this.#options.onFollowUps()
    if (handlings.some(({ outcome }) => outcome === 'aside')) this.#options.onAside()
  }

  async #recover(
    claims: readonly EventClaim[],
    inHand: InHand,
    tx: LazyTransaction,
    error: unknown,
    conflicts: number,
  ): Promise<void> {
    if (tx.outage !== undefined) throw tx.outage
    if (error instanceof SpoiltSet && error.handling) {
      remember(inHand, error.handling)
      return await this.#run(claims, inHand)
    }
    if (tx.lost || error instanceof AmbiguousCommit) return await this.#afterLoss(claims, inHand, tx, error)
    if (isConflict(error) && conflicts < CONFLICTS_MAX) {
      await sleep(10 + Math.random() * 90)
      return await this.#run(claims, inHand, conflicts + 1)
    }
    if (hasCode(error, 'fenced')) {
      const ours = await this.#stillOurs(claims, inHand) // others have the rest now
      return ours.length > 0 ? await this.#run(ours, inHand) : undefined
    }
    if (claims.length > 1) return await this.#halve(claims, inHand)
    await this.#recordCulprit(claims[0] as EventClaim, inHand, error)
  }

  async #halve(claims: readonly EventClaim[], inHand: InHand): Promise<void> {
    const middle = Math.ceil(claims.length / 2)
    await this.#run(claims.slice(0, middle), inHand)
    await this.#run(claims.slice(middle), inHand)
  }

  /**
   * Either a statement of one of them ends its session, or all of them take longer than the server allows: halves tell.
   * A loss with one event alone in flight is counted, as a crash.
   */
  async #afterLoss(claims: readonly EventClaim[], inHand: InHand, tx: LazyTransaction, error: unknown): Promise<void> {
    const ours = await this.#stillOurs(claims, inHand)
    if (ours.length === 0) return this.#options.onFollowUps() // it was an ambiguous COMMIT, which took effect
    const reason = tx.loss ?? error
    if (ours.length > 1) {
      this.#report(reason, ours)
      this.#pieceMs = Math.max(this.#pieceMs / 2, PIECE_MS_MIN)
      return await this.#halve(ours, inHand)
    }
    const [claim] = ours as [EventClaim]
    const named = error instanceof SpoiltSet ? [error.handler] : this.#undecided(claim, inHand)
    this.#report(reason, ours, named)
    if (named.length === 0) return await this.#postpone(claim, inHand)
    for (const handler of named) remember(inHand, lost(claim, handler, reason))
    await this.#run([claim], inHand)
  }

  #undecided(claim: EventClaim, { known }: InHand): string[] {
    const names = dueHandlers(this.#options.app, claim).map(({ handlerName }) => handlerName)
    return names.filter((name) => !known.get(claim)?.has(name))
  }

  /** Of one event's handlers, the one without whose result the rest can be saved is at fault; if none is, all are. */
  async #recordCulprit(claim: EventClaim, inHand: InHand, thrown: unknown): Promise<void> {
    const startedAtMs = correctedNow()
    const stands = inHand.known.get(claim)
    const failures = dueHandlers(this.#options.app, claim).map(
      ({ handlerName: handler, retry }) =>
        stands?.get(handler) ?? failed({ claim, handler, startedAtMs }, thrown, 0, retry),
    )
    for (const failure of failures.length > 1 ? failures : []) {
      const known = new Map([[claim, new Map(stands).set(failure.handler, failure)]])
      const tx = new LazyTransaction(this.#options.exec, this.#options.run)
      try {
        const handlings = await runEventHandlers(this.#setOptions(), [claim], tx, known)
        return handlings.length > 0 ? await this.#save(tx, handlings, inHand) : await tx.rollback()
      } catch (error) {
        tx.destroy()
        const spoilt = tx.outage !== undefined || tx.lost
        if (spoilt || error instanceof SpoiltSet || error instanceof AmbiguousCommit)
          return await this.#recover([claim], inHand, tx, error, CONFLICTS_MAX)
      }
    }
    // Written without running anything again: whatever the handlers do, their failure can be saved.
    const tx = new LazyTransaction(this.#options.exec, this.#options.run)
    try {
      await this.#save(tx, failures, inHand)
    } catch (error) {
      if (tx.outage !== undefined) throw tx.outage
      this.#report(error, [claim])
      await this.#postpone(claim, inHand)
    }
  }

  async #stillOurs(
    claims: readonly EventClaim[],
    { open }: InHand,
    asked: Statement = stillOurs,
  ): Promise<readonly EventClaim[]> {
    const rows = await this.#options.run<{ tenant: string; event_id: string; handler: string }>(
      this.#options.control,
      asked,
      columns(claims),
    )
    const found = new Set(rows.map((row) => `${row.tenant}/${row.event_id}/${row.handler}`))
    const ours = claims.filter((c) => found.has(`${c.tenant}/${c.eventId}/${c.handler}`))
    for (const claim of claims) if (!ours.includes(claim)) open.delete(claim)
    return ours
  }

  async #postpone(claim: EventClaim, { open }: InHand): Promise<void> {
    await this.#options.run(this.#options.control, postpone, columns([claim]))
    open.delete(claim)
    this.#options.onScheduled(1_000)
  }

  /** Again and again while the database is away: left alone the claims would be counted as a crash of this daemon. */
  async #giveBack(claims: readonly EventClaim[]): Promise<void> {
    if (claims.length === 0) return
    for (let tries = 0; !this.#options.control.ending; tries++) {
      try {
        await this.#options.run(this.#options.control, release, columns(claims))
        return
      } catch (error) {
        if (this.#options.control.ending) return
        this.#report(error, claims)
        await sleep(Math.min(50 * 2 ** tries, 5_000))
      }
    }
  }

  /** Where it came, and each thing once in ten seconds: an event may come back a thousand times. */
  #report(error: unknown, claims: readonly EventClaim[], handlers: readonly string[] = []): void {
    const [first] = claims
    const single = claims.length === 1 ? { eventId: first?.eventId, eventType: first?.type, tenant: first?.tenant } : {}
    const key = `${claims.length === 1 ? `${first?.type}/${handlers}` : ''} ${String((error as Error)?.message)}`
    const now = performance.now()
    if (now - (this.#reported.get(key) ?? -Infinity) < 10_000) return
    if (this.#reported.size > 100) this.#reported.clear()
    this.#reported.set(key, now)
    this.#options.onError(error, { place: 'process-events', ...single, handler: handlers[0] })
  }
}

function remember({ known }: InHand, handling: Handling): void {
  const own = known.get(handling.claim) ?? new Map<string, Handling>()
  known.set(handling.claim, own.set(handling.handler, handling))
}

function isRecorded({ crashes }: EventClaim): boolean {
  return crashes > 0
}

function columns(claims: readonly EventClaim[]): unknown[] {
  return [
    claims.map(({ tenant }) => tenant),
    claims.map(({ eventId }) => eventId),
    claims.map(({ handler }) => handler),
    claims.map(({ token }) => token),
  ]
}

import { SINGLE_TENANT } from '../definitions/uuid.ts'
import { sqlState } from '../postgres/server-state.ts'
import { BacklogWalk } from '../processor/backlog-walk.ts'
import {
  type ClaimEventsOptions,
  type Claimed,
  claimEvents,
  type EventClaim,
  type Place,
  walkEvents,
} from './claim-events.ts'

/** Two claims in a row that took so long: others' backlogs are in the way. */
const WALK_FROM_MS = 100
const WALK_FROM_MS_PER_EVENT = 0.1

type ClaimWith = <L extends Claimed>(claim: (options: ClaimEventsOptions, token: string) => Promise<L>) => Promise<L>

/**
 * Claims of sets, of tenants in rotation. Where they are slow, others' backlogs are in the way: they are walked once, and
 * passed over then.
 */
export class SetClaims {
  readonly #claimWith: ClaimWith
  readonly #stopping: AbortSignal
  #cursor = SINGLE_TENANT
  #walk: BacklogWalk<EventClaim, Place> | undefined
  #wasBlocked = false

  constructor(claimWith: ClaimWith, stopping: AbortSignal) {
    this.#claimWith = claimWith
    this.#stopping = stopping
  }

  /** There is more to look at than one claim may: claim again at once. */
  get unfinished(): boolean {
    return this.#walk?.unfinished ?? false
  }

  /** Tenants that have nothing for this daemon are passed over, until all have been looked at. */
  async next(limit: number): Promise<EventClaim[]> {
    const over = this.#walk?.over
    if (over !== undefined) {
      this.#cursor = over
      this.#walk = undefined
      this.#wasBlocked = false
    }
    if (this.#walk) {
      return await this.#walk.next(limit, (cursor, places, among) =>
        this.#claimWith((own, token) => walkEvents(own, limit, cursor, places, among, token)),
      )
    }
    const from = this.#cursor
    let wrapped = false
    for (;;) {
      const before = this.#cursor
      const { claims, all } = await this.#look(limit)
      wrapped ||= this.#cursor <= before
      const round = all || (wrapped && this.#cursor >= from)
      if (claims.length > 0 || round || this.#walk || this.#stopping.aborted) return claims
    }
  }

  async #look(limit: number): Promise<{ claims: EventClaim[]; all: boolean }> {
    const from = performance.now()
    const { claims, cursor, all } = await this.#claimWith((own, token) =>
      claimEvents(own, limit, this.#cursor, token),
    ).catch((error: unknown) => {
      if (sqlState(error) === '57014') this.#beginWalk() // more lies before what is ours than can be read at once
      throw error
    })
    this.#cursor = cursor
    const isBlocked = performance.now() - from > WALK_FROM_MS + claims.length * WALK_FROM_MS_PER_EVENT
    if (isBlocked && this.#wasBlocked) this.#beginWalk()
    this.#wasBlocked = isBlocked
    return { claims, all }
  }

  #beginWalk(): void {
    // Rows that are tried again, or were left by another service, are not found by walking.
    this.#walk = new BacklogWalk(this.#cursor, ({ tenant, eventId, handler }) =>
      handler === '' ? { tenant, eventId } : undefined,
    )
  }
}

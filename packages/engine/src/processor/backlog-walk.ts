import { lastInTurn, TenantRound } from './tenant-round.ts'

/** Looks of one claim at the most. */
const LOOKS_MAX = 5
/** A walk from the beginning is worth a fifth of the time, and waits so long at the least. */
const AGAIN_AFTER_TIMES = 4
const AGAIN_AFTER_MIN_MS = 2_000
/** Places of so many tenants are remembered; the others are walked again when it is their turn. */
const PLACES_MAX = 1_000

interface OfTenant {
  readonly tenant: string
}

/** The place to which a tenant's rows were walked without a full share of what is ours. */
export interface Walked {
  /** How many of ours are before it; another daemon may be taking them. */
  readonly found: number
  /** There is nothing behind it. */
  readonly ended: boolean
}

/** What one piece of a walk took, and where it looked. */
export interface WalkedPiece<Claim, Place> {
  readonly claims: Claim[]
  /** The last tenant that it looked at; undefined: it looked at all that have something pending. */
  readonly turnEnd: string | undefined
  readonly walked: readonly (Place & Walked)[]
}

/**
 * Claims where others' backlogs lie before what is ours: a million rows of a type that this daemon does not take, of one
 * tenant. They are walked piece by piece, and the places are remembered: what is new comes behind them. What came before
 * them meanwhile (a retry, a higher priority, a commit that took long) is found by the next walk from the beginning.
 */
export class BacklogWalk<Claim extends OfTenant, Place extends OfTenant> {
  readonly #placeOf: (claim: Claim) => Place | undefined
  readonly #round = new TenantRound()
  readonly #places = new Map<string, Place>()
  #cursor: string
  #spentMs = 0
  #pieces = 0
  /** Tenants of this turn that were not walked to their end; 0: it is not known yet. */
  #backlogs = 0
  #againAt: number | undefined
  #looked = false
  #unfinished = false

  /** @param placeOf undefined: the claim was not found by walking. */
  constructor(cursor: string, placeOf: (claim: Claim) => Place | undefined) {
    this.#cursor = cursor
    this.#placeOf = placeOf
  }

  /** It has more to look at: claim again at once. */
  get unfinished(): boolean {
    return this.#unfinished
  }

  /** Where the next claim without it begins; undefined: it is needed still. */
  get over(): string | undefined {
    return this.#looked && this.#pieces === 0 ? this.#cursor : undefined
  }

  /**
   * @param walk claims up to `limit` behind the places, of tenants in rotation after the cursor. `among`: how many of them
   * have a backlog and share what one look may read; 0: all that it looks at.
   */
  async next(
    limit: number,
    walk: (cursor: string, places: readonly Place[], among: number) => Promise<WalkedPiece<Claim, Place>>,
  ): Promise<Claim[]> {
    if (this.#againAt !== undefined && performance.now() >= this.#againAt) this.#beginAgain()
    this.#unfinished = false
    for (let looks = 1; ; looks++) {
      const from = performance.now()
      const { claims, turnEnd, walked } = await walk(this.#cursor, [...this.#places.values()], this.#backlogs)
      const ms = performance.now() - from
      if (this.#againAt === undefined) this.#spentMs += ms
      this.#looked = true
      this.#backlogs = walked.filter(({ ended }) => !ended).length
      const more = this.#backlogs > 0
      this.#pieces += this.#backlogs
      const claimed = Map.groupBy(
        claims.flatMap((claim) => this.#placeOf(claim) ?? []),
        ({ tenant }) => tenant,
      )
      for (const place of walked) {
        const own = claimed.get(place.tenant) ?? []
        // Another daemon may be taking what was found and not claimed, or the limit has left it.
        const reached = own.length === place.found ? place : own.at(-1)
        if (reached) this.#remember(reached)
      }
      for (const [tenant, own] of claimed) {
        if (!walked.some((place) => place.tenant === tenant)) this.#remember(own.at(-1) as Place)
      }
      if (!more) {
        this.#againAt ??= performance.now() + Math.max(AGAIN_AFTER_MIN_MS, this.#spentMs * AGAIN_AFTER_TIMES)
      }
      if (claims.length === limit) {
        this.#cursor = lastInTurn(claimed.keys(), this.#cursor)
        this.#backlogs = 0
        return claims
      }
      if (!more) {
        const cursor = this.#cursor
        this.#cursor = turnEnd ?? cursor
        if (turnEnd === undefined || (claims.length === 0 && this.#round.isOver(cursor, turnEnd, ms))) return claims
      }
      if (claims.length > 0) {
        this.#round.interrupt()
        return claims
      }
      if (looks === LOOKS_MAX) {
        this.#unfinished = true
        return claims
      }
    }
  }

  #beginAgain(): void {
    this.#places.clear()
    this.#spentMs = 0
    this.#pieces = 0
    this.#backlogs = 0
    this.#againAt = undefined
    this.#looked = false
  }

  #remember(place: Place): void {
    this.#places.delete(place.tenant)
    this.#places.set(place.tenant, place)
    if (this.#places.size > PLACES_MAX) this.#places.delete(this.#places.keys().next().value as string)
  }
}

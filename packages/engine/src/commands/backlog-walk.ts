import { type ClaimOptions, type CommandClaim, type Place, walkCommands } from './claim-commands.ts'
import { TenantRound } from './tenant-round.ts'

/** How often one claim looks at the most. */
const LOOKS_MAX = 5
/** A walk from the beginning is worth a fifth of the time, and waits so long at the least. */
const AGAIN_AFTER_TIMES = 4
const AGAIN_AFTER_MIN_MS = 2_000
/** Of so many tenants the places are remembered; those of others are walked again each time. */
const PLACES_MAX = 1_000

/**
 * Claims of one lane in which others' backlogs lie before what is ours: a million rows of a type that this daemon does not take,
 * of one tenant. They are walked piece by piece, and the places are remembered: what is new comes behind them. What came before
 * them meanwhile (a retry, a higher priority) is found by the next walk from the beginning.
 */
export class BacklogWalk {
  readonly #options: ClaimOptions
  readonly #lane: number
  readonly #round = new TenantRound()
  readonly #places = new Map<string, Place>()
  #cursor: string
  #spentMs = 0
  #pieces = 0
  #againAt: number | undefined
  #looked = false
  #unfinished = false

  constructor(options: ClaimOptions, lane: number, cursor: string) {
    this.#options = options
    this.#lane = lane
    this.#cursor = cursor
  }

  /** It has more to look at: claim again at once. */
  get unfinished(): boolean {
    return this.#unfinished
  }

  /** Where the next claim without it begins; undefined: it is needed still. */
  get over(): string | undefined {
    return this.#looked && this.#pieces === 0 ? this.#cursor : undefined
  }

  async next(limit: number, newToken: () => string): Promise<CommandClaim[]> {
    if (this.#againAt !== undefined && performance.now() >= this.#againAt) this.#beginAgain()
    this.#unfinished = false
    for (let looks = 1; ; looks++) {
      const from = performance.now()
      const places = [...this.#places.values()]
      const { claims, turnEnd, walked } = await walkCommands(
        this.#options,
        this.#lane,
        limit,
        this.#cursor,
        places,
        newToken(),
      )
      const ms = performance.now() - from
      if (this.#againAt === undefined) this.#spentMs += ms
      this.#looked = true
      let more = false
      const claimed = Map.groupBy(claims, ({ tenant }) => tenant)
      for (const place of walked) {
        const own = claimed.get(place.tenant) ?? []
        // Another daemon may be taking what was found and not claimed, or the limit has left it.
        const reached = own.length === place.found ? place : own.at(-1)
        if (reached) this.#remember(reached)
        if (place.ended) continue
        more = true
        this.#pieces++
      }
      for (const [tenant, own] of claimed) {
        if (!walked.some((place) => place.tenant === tenant)) this.#remember(own.at(-1) as CommandClaim)
      }
      if (!more) {
        this.#againAt ??= performance.now() + Math.max(AGAIN_AFTER_MIN_MS, this.#spentMs * AGAIN_AFTER_TIMES)
      }
      if (claims.length === limit) {
        this.#cursor = claims.at(-1)?.tenant ?? this.#cursor
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
    this.#againAt = undefined
    this.#looked = false
  }

  #remember({ tenant, priority, id }: Place): void {
    if (this.#places.size < PLACES_MAX || this.#places.has(tenant)) this.#places.set(tenant, { tenant, priority, id })
  }
}

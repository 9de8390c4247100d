import { LANES } from './command.ts'

/** The lowest lane first: of what several lanes are owed. */
const LOWER = [...LANES.keys()].slice(1).reverse()
/** How often a lane with work is passed over in a row at the most: every tenth start and claim is its own. */
const PASSES_MAX = 9

type Waiting = readonly { readonly length: number }[]

/**
 * Which lane is next. Higher lanes go first, but each lower one keeps a tenth for itself while it has work: of the starts, until
 * it has a tenth of the slots, and of the claims, until it has a tenth of what is held. Others borrow it meanwhile. A fifth of
 * the slots and a tenth of what is held stay free for the interactive lane, which is not made to wait for others.
 */
export class LaneShares {
  readonly #taken: readonly number[]
  readonly #slots: number
  readonly #slotsOfLower: number
  readonly #slotShare: number
  readonly #claimMax: number
  readonly #reserved: number
  readonly #claimShare: number
  readonly #running = LANES.map(() => 0)
  readonly #held = LANES.map(() => 0)
  readonly #passed = LANES.map(() => 0)
  readonly #unasked = LANES.map(() => 0)
  #runningAll = 0
  #heldAll = 0

  /** @param taken the lanes that this daemon serves. */
  constructor(slots: number, claimMax: number, taken: readonly number[] = [...LANES.keys()]) {
    const keepsFree = taken.includes(0)
    this.#taken = taken
    this.#slots = slots
    this.#slotsOfLower = slots - (keepsFree ? Math.floor(slots / 5) : 0)
    this.#slotShare = Math.max(1, Math.floor(slots / 10))
    this.#claimMax = claimMax
    this.#reserved = keepsFree ? Math.ceil(claimMax / 10) : 0
    this.#claimShare = Math.max(1, Math.floor(claimMax / 10))
  }

  get freeSlots(): number {
    return this.#slots - this.#runningAll
  }

  /**
   * The lane that has the next slot; undefined: none that has work may have one.
   * @param waiting how many commands of each lane wait to be run.
   */
  next(waiting: Waiting): number | undefined {
    if (this.#runningAll >= this.#slots) return undefined
    const lane = this.#owed(waiting) ?? this.#highest(waiting)
    if (lane === undefined) return undefined
    this.#passed[lane] = 0
    for (const lower of LOWER) {
      if (lower > lane) this.#passed[lower] = has(waiting, lower) ? (this.#passed[lower] as number) + 1 : 0
    }
    return lane
  }

  #owed(waiting: Waiting): number | undefined {
    if (this.#runningAll - (this.#running[0] as number) >= this.#slotsOfLower) return undefined
    for (const lane of LOWER) {
      if ((this.#passed[lane] as number) < PASSES_MAX || !has(waiting, lane)) continue
      if ((this.#running[lane] as number) < this.#slotShare) return lane
    }
    return undefined
  }

  #highest(waiting: Waiting): number | undefined {
    const most = this.#runningAll < this.#slotsOfLower ? LANES.length : 1
    for (let lane = 0; lane < most; lane++) if (has(waiting, lane)) return lane
    return undefined
  }

  started(lane: number): void {
    this.#running[lane] = (this.#running[lane] as number) + 1
    this.#runningAll++
  }

  ended(lane: number): void {
    this.#running[lane] = (this.#running[lane] as number) - 1
    this.#runningAll--
  }

  claimed(lane: number): void {
    this.#held[lane] = (this.#held[lane] as number) + 1
    this.#heldAll++
  }

  finished(lane: number): void {
    this.#held[lane] = (this.#held[lane] as number) - 1
    this.#heldAll--
  }

  /**
   * Which lanes a claim asks, one after the other, and for how many commands at the most.
   * @param limit how many may be claimed.
   * @param interactiveOnly none of the others, unless one is owed.
   * @param claimed how many of them have been.
   */
  *asks(
    limit: number,
    interactiveOnly: boolean,
    claimed: () => number,
  ): Generator<{ readonly lane: number; readonly limit: number }> {
    const owed = LOWER.find((lane) => this.#taken.includes(lane) && (this.#unasked[lane] as number) >= PASSES_MAX) // one a claim: the room may be for one
    if (owed !== undefined) {
      this.#unasked[owed] = 0
      const ofLower = this.#claimMax - Math.min(this.#reserved, this.#claimMax - 1)
      const left = Math.min(
        limit - claimed(),
        this.#claimShare - (this.#held[owed] as number),
        ofLower - (this.#heldAll - (this.#held[0] as number)),
      )
      if (left > 0) yield { lane: owed, limit: left }
    }
    for (const lane of this.#taken) {
      const left = limit - claimed() - (lane === 0 ? 0 : Math.min(this.#reserved, limit - 1))
      if (left <= 0 || (interactiveOnly && lane > 0)) {
        this.#unasked[lane] = (this.#unasked[lane] as number) + 1
        continue
      }
      this.#unasked[lane] = 0
      yield { lane, limit: left }
    }
  }
}

function has(waiting: Waiting, lane: number): boolean {
  return (waiting[lane]?.length ?? 0) > 0
}

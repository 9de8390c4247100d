import { SINGLE_TENANT } from '../definitions/uuid.ts'
import { sqlState } from '../postgres/server-state.ts'
import { BacklogWalk } from '../processor/backlog-walk.ts'
import { TenantRound } from '../processor/tenant-round.ts'
import {
  type ClaimOptions,
  type CommandClaim,
  claimCommands,
  claimCommandsBehind,
  type Place,
  walkCommands,
} from './claim-commands.ts'

/** A claim from the beginning that takes longer has walked over more than it took. */
const SLOW_MS = 20
const SLOW_MS_PER_COMMAND = 0.012
/** Going on behind it must be so many times faster, or the machine is slow and not the claim. */
const FASTER_TIMES = 1.5
/** A slow claim from the beginning is worth a tenth of the time that passes until the next. */
const BEHIND_FOR_TIMES = 10
/**
 * What became pending before the last that was claimed, and other tenants, wait no longer than this for a claim, unless one
 * takes so long that it would use up more than a fifth of the time: while a snapshot is held for minutes, it does.
 */
const BEHIND_MAX_MS = 500
const BEHIND_FOR_TIMES_MIN = 4

/** Two claims in a row that took so long and were not of one tenant: others' backlogs are in the way. */
const WALK_FROM_MS = 100
/** How often one claim looks at further tenants that have nothing for this daemon. */
const LOOKS_MAX = 20

/**
 * Claims of one lane. While one tenant has more than can be taken, and finding it is slow, a claim goes on where the last one
 * ended: what lies before that is finished, but stays in the index for as long as some snapshot may look at it. Where it is
 * slow and not that, others' backlogs are in the way: they are walked once, and passed over then.
 */
export class LaneClaims {
  readonly #options: ClaimOptions
  readonly #lane: number
  #cursor = SINGLE_TENANT
  #last: CommandClaim | undefined
  #slowMs = 0
  #fromBeginningAt = 0
  #walk: BacklogWalk<CommandClaim, Place> | undefined
  #wasBlocked = false
  readonly #round = new TenantRound()
  #unfinished = false

  constructor(options: ClaimOptions, lane: number) {
    this.#options = options
    this.#lane = lane
  }

  /** There is more to look at than one claim may: claim again at once. */
  get unfinished(): boolean {
    return this.#walk?.unfinished ?? this.#unfinished
  }

  async next(limit: number, newToken: () => string): Promise<CommandClaim[]> {
    const over = this.#walk?.over
    if (over !== undefined) {
      this.#cursor = over
      this.#walk = undefined
      this.#wasBlocked = false
    }
    if (this.#walk) {
      return this.#walk.next(limit, (cursor, places, among) =>
        walkCommands(this.#options, this.#lane, limit, cursor, places, among, newToken()),
      )
    }
    if (this.#last && performance.now() < this.#fromBeginningAt) {
      const from = performance.now()
      const found = await claimCommandsBehind(this.#options, this.#lane, limit, this.#last, newToken())
      const isFaster = (performance.now() - from) * FASTER_TIMES < this.#slowMs
      this.#last = isFaster && found.length === limit ? found.at(-1) : undefined
      if (found.length > 0) return found
    }
    this.#unfinished = false
    for (let looks = 1; ; looks++) {
      const cursor = this.#cursor
      const { found, turnEnd, ms } = await this.#look(limit, newToken)
      if (found.length > 0 || turnEnd === undefined || this.#walk) {
        this.#round.interrupt()
        return found
      }
      this.#cursor = turnEnd
      if (this.#round.isOver(cursor, turnEnd, ms)) return found
      if (looks === LOOKS_MAX) {
        this.#unfinished = true
        return found
      }
    }
  }

  async #look(
    limit: number,
    newToken: () => string,
  ): Promise<{ found: CommandClaim[]; turnEnd: string | undefined; ms: number }> {
    const from = performance.now()
    const { claims: found, turnEnd } = await claimCommands(
      this.#options,
      this.#lane,
      limit,
      this.#cursor,
      newToken(),
    ).catch((error: unknown) => {
      if (sqlState(error) === '57014') this.#beginWalk() // more lies before what is ours than can be read at once
      throw error
    })
    const ms = performance.now() - from
    const last = found.at(-1)
    if (last) this.#cursor = found.length < limit && turnEnd !== undefined ? turnEnd : last.tenant
    const isSlow = ms > SLOW_MS + found.length * SLOW_MS_PER_COMMAND
    // Of one command it cannot be told whether its tenant is the only one.
    const isOfOne = limit > 1 && found.length === limit && found[0]?.tenant === last?.tenant
    const isBlocked = isSlow && ms > WALK_FROM_MS && !isOfOne
    if (isBlocked && this.#wasBlocked) this.#beginWalk()
    this.#wasBlocked = isBlocked
    this.#last = isSlow && isOfOne ? last : undefined
    this.#slowMs = ms
    const behindMaxMs = Math.max(BEHIND_MAX_MS, ms * BEHIND_FOR_TIMES_MIN)
    this.#fromBeginningAt = from + ms + Math.min(ms * BEHIND_FOR_TIMES, behindMaxMs)
    return { found, turnEnd, ms }
  }

  #beginWalk(): void {
    this.#walk = new BacklogWalk(this.#cursor, ({ tenant, priority, id }) => ({ tenant, priority, id }))
  }
}

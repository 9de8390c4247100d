import { SINGLE_TENANT } from '../definitions/uuid.ts'
import { type ClaimOptions, type CommandClaim, claimCommands, claimCommandsBehind } from './claim-commands.ts'

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

/**
 * Claims of one lane. While one tenant has more than can be taken, and finding it is slow, a claim goes on where the last one
 * ended: what lies before that is finished, but stays in the index for as long as some snapshot may look at it.
 */
export class LaneClaims {
  readonly #options: ClaimOptions
  readonly #lane: number
  #cursor = SINGLE_TENANT
  #last: CommandClaim | undefined
  #slowMs = 0
  #fromBeginningAt = 0

  constructor(options: ClaimOptions, lane: number) {
    this.#options = options
    this.#lane = lane
  }

  async next(limit: number, newToken: () => string): Promise<CommandClaim[]> {
    if (this.#last && performance.now() < this.#fromBeginningAt) {
      const from = performance.now()
      const found = await claimCommandsBehind(this.#options, this.#lane, limit, this.#last, newToken())
      const isFaster = (performance.now() - from) * FASTER_TIMES < this.#slowMs
      this.#last = isFaster && found.length === limit ? found.at(-1) : undefined
      if (found.length > 0) return found
    }
    const from = performance.now()
    const found = await claimCommands(this.#options, this.#lane, limit, this.#cursor, newToken())
    const ms = performance.now() - from
    const last = found.at(-1)
    if (last) this.#cursor = last.tenant
    const isSlow = ms > SLOW_MS + found.length * SLOW_MS_PER_COMMAND
    const isOfOne = found.length === limit && found[0]?.tenant === last?.tenant
    this.#last = isSlow && isOfOne ? last : undefined
    this.#slowMs = ms
    const behindMaxMs = Math.max(BEHIND_MAX_MS, ms * BEHIND_FOR_TIMES_MIN)
    this.#fromBeginningAt = from + ms + Math.min(ms * BEHIND_FOR_TIMES, behindMaxMs)
    return found
  }
}

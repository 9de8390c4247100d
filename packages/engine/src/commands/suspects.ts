import {
  type ClaimOptions,
  type CommandClaim,
  claimSuspectCommand,
  LAST_TRIAL,
  lastTrialWaits,
} from './claim-commands.ts'

const ASK_EVERY_MS = 1_000
/** A daemon that always holds something makes room for a last trial this often at the most, */
const MAKE_ROOM_EVERY_MS = 60_000
/** and claims nothing for so long at the most, until what it holds has ended; otherwise another time. */
const MAKE_ROOM_MAX_MS = 10_000
/** One that has not killed the daemon after so long alone runs on beside others. */
const ALONE_MAX_MS = 30_000

/**
 * Commands that were running at two deaths of daemons, so that each of them may have been the cause. They run beside the
 * others, one at a time, and an innocent one meets the culprit no more. One that is about to be given up runs alone before.
 */
export class Suspects {
  readonly #options: ClaimOptions
  readonly #onRoom: () => void
  #held: CommandClaim | undefined
  #unstarted = false
  #askedAt = Number.NEGATIVE_INFINITY
  #madeRoomAt = Number.NEGATIVE_INFINITY
  #alone: NodeJS.Timeout | undefined

  /** @param onRoom others may be claimed again. */
  constructor(options: ClaimOptions, onRoom: () => void) {
    this.#options = options
    this.#onRoom = onRoom
  }

  get held(): CommandClaim | undefined {
    return this.#held
  }

  /** Nothing else may be claimed now. */
  get isAlone(): boolean {
    return this.#alone !== undefined
  }

  /** Claims one if it is time to; asks once a second at the most. */
  async next(heldBeside: number, newToken: () => string): Promise<CommandClaim | undefined> {
    const now = performance.now()
    if (this.#held || (!this.isAlone && now - this.#askedAt < ASK_EVERY_MS)) return undefined
    this.#askedAt = now
    const claim = await claimSuspectCommand(this.#options, heldBeside === 0, newToken())
    this.#endAlone()
    if (claim) {
      this.#held = claim
      this.#unstarted = true
      if (claim.crashes === LAST_TRIAL) this.#beginAlone(ALONE_MAX_MS)
    } else if (heldBeside > 0 && now - this.#madeRoomAt > MAKE_ROOM_EVERY_MS) {
      this.#madeRoomAt = now
      if (await lastTrialWaits(this.#options)) this.#beginAlone(MAKE_ROOM_MAX_MS)
    }
    return claim
  }

  /** The one that is held and has not started yet; it starts now. */
  take(): CommandClaim | undefined {
    if (!this.#unstarted) return undefined
    this.#unstarted = false
    return this.#held
  }

  /** @returns whether it was one: the next may be claimed at once. */
  ended(claim: CommandClaim): boolean {
    if (claim !== this.#held) return false
    this.#held = undefined
    this.#askedAt = Number.NEGATIVE_INFINITY
    this.#endAlone()
    return true
  }

  #beginAlone(maxMs: number): void {
    this.#alone = setTimeout(() => {
      this.#alone = undefined
      this.#onRoom()
    }, maxMs).unref()
  }

  #endAlone(): void {
    clearTimeout(this.#alone)
    this.#alone = undefined
  }
}

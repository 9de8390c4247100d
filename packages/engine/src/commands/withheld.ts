import type { CommandClaim } from './claim-commands.ts'

/** Claims that are held already wait here for the database for so long; then they are given back, for other daemons. */
const KEEP_MS = 5_000

/**
 * Types of which a command met that the handlers' database gives no connection. None of them is claimed or begun until it
 * does. The others go on, for a handler that uses neither `tx` nor `db` needs no connection.
 */
export class Withheld {
  readonly #all: readonly string[]
  readonly #giveBack: (claims: CommandClaim[]) => void
  readonly #types = new Set<string>()
  #claimable: readonly string[]
  #claims: CommandClaim[] = []
  #timer: NodeJS.Timeout | undefined

  constructor(all: readonly string[], giveBack: (claims: CommandClaim[]) => void) {
    this.#all = all
    this.#giveBack = giveBack
    this.#claimable = all
  }

  /** The types that may be claimed. */
  get claimable(): readonly string[] {
    return this.#claimable
  }

  /** @returns whether it is new. */
  add(type: string): boolean {
    if (this.#types.has(type)) return false
    this.#types.add(type)
    this.#claimable = this.#all.filter((other) => !this.#types.has(other))
    return true
  }

  /** Keeps the claim if it must not begin. @returns whether it does. */
  keeps(claim: CommandClaim): boolean {
    if (!this.#types.has(claim.type)) return false
    this.#claims.push(claim)
    this.#timer ??= setTimeout(() => this.#giveBack(this.take()), KEEP_MS).unref()
    return true
  }

  /** All that is kept. */
  take(): CommandClaim[] {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const claims = this.#claims
    this.#claims = []
    return claims
  }

  /** The database is back. @returns all that was kept: it may begin. */
  end(): CommandClaim[] {
    this.#types.clear()
    this.#claimable = this.#all
    return this.take()
  }
}

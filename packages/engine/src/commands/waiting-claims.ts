import type { CommandClaim } from './claim-commands.ts'

/** From so many taken on their places are given back. */
const TAKEN_MAX = 1_024

/**
 * Claims that wait to be run, in their order. Taking from the beginning of an array moves all the others: with 8,000 held
 * that was a twelfth of all that a no-op command costs the daemon.
 */
export class WaitingClaims {
  #claims: CommandClaim[] = []
  #taken = 0

  get length(): number {
    return this.#claims.length - this.#taken
  }

  at(i: number): CommandClaim | undefined {
    return this.#claims[this.#taken + i]
  }

  push(claim: CommandClaim): void {
    this.#claims.push(claim)
  }

  take(n: number): CommandClaim[] {
    const taken = this.#claims.slice(this.#taken, this.#taken + n)
    this.#taken += taken.length
    if (this.length === 0 || (this.#taken >= TAKEN_MAX && this.#taken * 2 >= this.#claims.length)) {
      this.#claims = this.#claims.slice(this.#taken)
      this.#taken = 0
    }
    return taken
  }
}

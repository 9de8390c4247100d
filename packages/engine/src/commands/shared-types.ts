import type { CommandClaim } from './claim-commands.ts'

/**
 * How the commands of one transaction run:
 * - `together`: all at once. What they send in the same moment is one round trip; it is for commands of one statement each,
 *   for whom any order is an order one after another;
 * - `in-turn`: one after another;
 * - `savepoints`: one after another, a savepoint each.
 */
export type SharedMode = 'together' | 'in-turn' | 'savepoints'

/** How long a type's commands get savepoints after one of them failed. */
const CAREFUL_MS = 60_000

/**
 * What is known of the types that share transactions. A savepoint costs as much as a small insert, and a round trip more,
 * so that commands do without until one of their type fails or sends more than one statement: that undoes its neighbours
 * too, which then run again more carefully, as do all that follow.
 */
export class SharedTypes {
  readonly #failedUntil = new Map<string, number>()
  readonly #inTurn = new Set<string>()

  failed(type: string): void {
    this.#failedUntil.set(type, performance.now() + CAREFUL_MS)
  }

  needsTurn(type: string): void {
    this.#inTurn.add(type)
  }

  modeOf(claims: readonly CommandClaim[]): SharedMode {
    const now = performance.now()
    if (claims.some(({ type }) => (this.#failedUntil.get(type) ?? 0) > now)) return 'savepoints'
    return claims.some(({ type }) => this.#inTurn.has(type)) ? 'in-turn' : 'together'
  }
}

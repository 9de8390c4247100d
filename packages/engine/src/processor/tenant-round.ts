/** Going round all tenants for nothing is worth a fifth of the time. */
const AGAIN_AFTER_TIMES = 4

/** Looking at one part of the tenants after the other while there is nothing in them for this daemon: once around, no more. */
export class TenantRound {
  #from: string | undefined
  #spentMs = 0
  #againAt = 0

  /** Something was found: the next that finds nothing begins anew. */
  interrupt(): void {
    this.#from = undefined
  }

  /**
   * @param cursor the tenants after it were looked at, to `turnEnd`, in `ms`.
   * @returns whether to stop: all were looked at, or it is not yet time to go round them again.
   */
  isOver(cursor: string, turnEnd: string, ms: number): boolean {
    if (this.#from === undefined) {
      if (performance.now() < this.#againAt) return true
      this.#from = cursor
      this.#spentMs = 0
    }
    this.#spentMs += ms
    if (!isPassed(cursor, turnEnd, this.#from)) return false
    this.#from = undefined
    this.#againAt = performance.now() + this.#spentMs * AGAIN_AFTER_TIMES
    return true
  }
}

/** Whether who goes on from one tenant to another, and after the last from the first, comes by a third. */
function isPassed(from: string, to: string, tenant: string): boolean {
  return from < to ? from < tenant && tenant <= to : from < tenant || tenant <= to
}

/** Of tenants that were looked at in rotation after the cursor, the last; the cursor if there are none. */
export function lastInTurn(tenants: Iterable<string>, cursor: string): string {
  const sorted = [...tenants].sort()
  // In turn, those up to the cursor come last.
  return sorted.findLast((tenant) => tenant <= cursor) ?? sorted.at(-1) ?? cursor
}

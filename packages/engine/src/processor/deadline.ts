/** A timer that fires later than this by itself says that the process stood still. */
const LATE_MS = 250
const LET_IN_MS_MAX = 5_000

/**
 * Calls back when the time is up, unless it is cleared. A process that stood still, since one handler computed for long or
 * the machine slept, has answers waiting that came in time: they are let in first, for as long as it stood still, at most 5 s.
 */
export class Deadline {
  readonly #onOver: () => void
  #timer: NodeJS.Timeout | undefined

  constructor(ms: number, onOver: () => void) {
    this.#onOver = onOver
    this.#wait(ms)
  }

  clear(): void {
    clearTimeout(this.#timer)
  }

  #wait(ms: number): void {
    const dueAt = performance.now() + ms
    this.#timer = setTimeout(() => {
      const lateMs = performance.now() - dueAt
      if (lateMs > LATE_MS) this.#wait(Math.min(lateMs, LET_IN_MS_MAX))
      else this.#onOver()
    }, ms)
  }
}

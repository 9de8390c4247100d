/** A timer that fires later than this by itself says that the process stood still. */
const LATE_MS = 250
const LET_IN_MS_MAX = 5_000
/** Less is not worth another timer: a wait that goes on would be asked for again and again. */
const LEFT_MS_MIN = 10

/**
 * Calls back when the time is up, unless it is cleared. A process that stood still, since one handler computed for long or
 * the machine slept, has answers waiting that came in time: they are let in first, for as long as it stood still, at most 5 s.
 */
export class Deadline {
  readonly #onOver: () => void
  readonly #waitedMs: () => number
  readonly #endsAt: number
  #timer: NodeJS.Timeout | undefined

  /** @param waitedMs asked when the time is up: how many milliseconds of it do not count. */
  constructor(ms: number, onOver: () => void, waitedMs = () => 0) {
    this.#onOver = onOver
    this.#waitedMs = waitedMs
    this.#endsAt = performance.now() + ms
    this.#wait(ms)
  }

  clear(): void {
    clearTimeout(this.#timer)
  }

  #wait(ms: number): void {
    const dueAt = performance.now() + ms
    this.#timer = setTimeout(() => {
      const lateMs = performance.now() - dueAt
      if (lateMs > LATE_MS) return this.#wait(Math.min(lateMs, LET_IN_MS_MAX))
      const waitedMs = this.#waitedMs()
      const leftMs = this.#endsAt + waitedMs - performance.now()
      if (waitedMs > 0 && leftMs > 0) this.#wait(Math.max(leftMs, LEFT_MS_MIN))
      else this.#onOver()
    }, ms)
  }
}

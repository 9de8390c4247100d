/**
 * Tells of trouble that repeats: the first of a kind at once, then one a kind in ten seconds, with how many it stands for. An
 * outage that stops everybody's work must not fill the log as well.
 */
export class BoundedReports<T> {
  readonly #tell: (last: T, n: number) => void
  readonly #everyMs: number
  readonly #kinds = new Map<string, { last: T; n: number }>()

  constructor(tell: (last: T, n: number) => void, everyMs = 10_000) {
    this.#tell = tell
    this.#everyMs = everyMs
  }

  add(kind: string, what: T): void {
    const since = this.#kinds.get(kind)
    if (since) {
      since.last = what
      since.n++
      return
    }
    this.#kinds.set(kind, { last: what, n: 0 })
    this.#wait(kind)
    this.#tell(what, 1)
  }

  #wait(kind: string): void {
    setTimeout(() => {
      const since = this.#kinds.get(kind)
      this.#kinds.delete(kind)
      if (!since || since.n === 0) return
      this.#kinds.set(kind, { last: since.last, n: 0 })
      this.#wait(kind)
      this.#tell(since.last, since.n)
    }, this.#everyMs).unref()
  }
}

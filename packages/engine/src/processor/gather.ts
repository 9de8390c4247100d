/**
 * Writes many things with one statement: whatever arrives while a write is under way goes out with the next one. At
 * rest a thing goes out at once; under load groups grow by themselves, up to `groupMax`.
 */
export class Gather<T, R> {
  readonly #write: (group: readonly T[]) => Promise<readonly (R | Promise<R>)[]>
  readonly #groupMax: number
  #waiting: { item: T; resolve: (result: R | Promise<R>) => void; reject: (error: unknown) => void }[] = []
  #writing = false

  /**
   * @param write answers with one result an item, in their order; with a promise for an item that takes longer, or fails,
   * by itself: nothing waits for it.
   */
  constructor(write: (group: readonly T[]) => Promise<readonly (R | Promise<R>)[]>, groupMax: number) {
    this.#write = write
    this.#groupMax = groupMax
  }

  /** Resolves when the item has been written, with its result. */
  add(item: T): Promise<R> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject })
      if (!this.#writing) {
        this.#writing = true
        setImmediate(() => void this.#loop())
      }
    })
  }

  async #loop(): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0, this.#groupMax)
      try {
        const results = await this.#write(group.map(({ item }) => item))
        for (const [i, { resolve }] of group.entries()) resolve(results[i] as R | Promise<R>)
      } catch (error) {
        for (const { reject } of group) reject(error)
      }
    }
    this.#writing = false
  }
}

/**
 * That the daemon leaves handlers behind that did not heed their signal. Every command that runs listens, many thousands a
 * second, and an AbortSignal takes longer to listen to than a small handler takes to run.
 */
export class Abandonment {
  readonly #listeners = new Set<() => void>()
  #happened = false

  get happened(): boolean {
    return this.#happened
  }

  listen(listener: () => void): void {
    this.#listeners.add(listener)
  }

  unlisten(listener: () => void): void {
    this.#listeners.delete(listener)
  }

  happen(): void {
    this.#happened = true
    for (const listener of this.#listeners) listener()
  }
}

/** For so long after it kept others waiting, a handler is run apart. */
const APART_MS = 60_000

/** Which handlers have kept others waiting lately, by `type/handler`. */
export class SlowHandlers {
  readonly #until = new Map<string, number>()
  readonly #onAdd: () => void

  constructor(onAdd: () => void) {
    this.#onAdd = onAdd
  }

  add(type: string, handler: string): void {
    this.#until.set(`${type}/${handler}`, performance.now() + APART_MS)
    this.#onAdd()
  }

  has(type: string, handler: string): boolean {
    if (this.#until.size === 0) return false
    this.#forget()
    return this.#until.has(`${type}/${handler}`)
  }

  names(): string[] {
    this.#forget()
    return [...this.#until.keys()]
  }

  #forget(): void {
    const now = performance.now()
    for (const [name, until] of this.#until) if (until < now) this.#until.delete(name)
  }
}

/** The development mailbox's own API, as far as the story needs it. */

/** How many keys are asked for at once. */
const ASK_MAX = 20

export interface KeyCounts {
  /** Messages stored: one for each key that was ever accepted, whatever number of times. */
  messages: number
  attempts: number
}

interface KeyState {
  /** Of the stored message. */
  id: string | null
  counts: { total: number }
}

export class Mailbox {
  readonly #url: string

  constructor(url: string) {
    this.#url = url
  }

  /** Fails a share of the attempts from now on, in the same places for the same seed. @returns how to undo it. */
  async failPercent(percent: number, seed: number): Promise<() => Promise<void>> {
    const before = await this.#ask('/simulator')
    await this.#put(percent === 0 ? { mode: 'ok' } : { mode: 'fail-percent', percent, seed })
    return () => this.#put(before)
  }

  async countsOf(keys: readonly string[]): Promise<KeyCounts> {
    const counts: KeyCounts = { messages: 0, attempts: 0 }
    for (let at = 0; at < keys.length; at += ASK_MAX) {
      const some = keys.slice(at, at + ASK_MAX).map((key) => this.#ask(`/keys/${key}`))
      for (const state of (await Promise.all(some)) as (KeyState | undefined)[]) {
        if (!state) continue
        counts.messages += state.id === null ? 0 : 1
        counts.attempts += state.counts.total
      }
    }
    return counts
  }

  async #put(settings: unknown): Promise<void> {
    const headers = { 'content-type': 'application/json' }
    await this.#ask('/simulator', { method: 'PUT', headers, body: JSON.stringify(settings) })
  }

  /** undefined: there is no such thing. */
  async #ask(path: string, init?: RequestInit): Promise<unknown> {
    const response = await fetch(`${this.#url}/api${path}`, init)
    if (response.status === 404) return undefined
    if (!response.ok) throw new Error(`The mailbox answers ${response.status} to ${path}: ${await response.text()}`)
    return response.json()
  }
}

import { createHash } from 'node:crypto'

/** Uses after which a text is prepared: below, parsing it each time costs less than keeping it. */
const PREPARE_AT = 5
/** How many texts are counted; whoever builds a new text for each call must not fill the memory. */
const COUNTED_MAX = 500
/** How many the server keeps on each connection at the most. */
const PREPARED_MAX = 100
const LENGTH_MAX = 8_192

/**
 * Gives the statements of handlers names to be prepared under, once a text has come often enough: parsing and planning a
 * simple insert costs the server more than running it.
 */
export class PreparedTexts {
  /** How often each came, the one that has not come for longest first. */
  readonly #uses = new Map<string, number>()
  readonly #names = new Map<string, string>()
  readonly #refused = new Set<string>()

  /** @returns undefined while the text is to be sent as it is. */
  nameOf(text: string): string | undefined {
    const name = this.#names.get(text)
    if (name) return name
    if (this.#names.size >= PREPARED_MAX || text.length > LENGTH_MAX || this.#refused.has(text)) return undefined
    const uses = (this.#uses.get(text) ?? 0) + 1
    this.#uses.delete(text)
    if (uses >= PREPARE_AT) {
      const made = `cascata_text_${createHash('sha256').update(text).digest('hex').slice(0, 24)}`
      this.#names.set(text, made)
      return made
    }
    this.#uses.set(text, uses)
    if (this.#uses.size > COUNTED_MAX) this.#uses.delete(this.#uses.keys().next().value as string)
    return undefined
  }

  /** A migration changed what the statement returns, and the server refuses the plan that it has. */
  refuse(text: string): void {
    this.#names.delete(text)
    this.#refused.add(text)
  }
}

/** Chance that repeats itself: the same seed gives the same numbers, on every machine (mulberry32). */

export class Random {
  #state: number

  /** @param name of what the numbers are for: one step's do not depend on how many another took. */
  constructor(seed: number, name: string) {
    let hash = seed >>> 0
    for (const character of name) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0
    this.#state = hash
  }

  /** 0 ≤ x < 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let t = this.#state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }

  /** A whole number, both ends included. */
  between(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1))
  }

  pick<T>(from: readonly T[]): T {
    return from[this.between(0, from.length - 1)] as T
  }

  /** Some of them, in their order. */
  sample<T>(from: readonly T[], count: number): T[] {
    let left = count
    return from.filter((_, index) => {
      const chosen = this.next() * (from.length - index) < left
      if (chosen) left--
      return chosen
    })
  }

  digits(length: number): string {
    return Array.from({ length }, () => this.between(0, 9)).join('')
  }

  hex(length: number): string {
    return Array.from({ length }, () => this.between(0, 15).toString(16))
      .join('')
      .toUpperCase()
  }
}

/** What `make` gives, as often as it takes for all to differ. */
export function distinct(count: number, make: () => string): string[] {
  const made = new Set<string>()
  while (made.size < count) made.add(make())
  return [...made]
}

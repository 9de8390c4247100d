/** Why the next try is when it is: what the engine recorded, and the policy of the type, in the reader's language. */
import type { Key, Translate } from '../i18n/words.ts'

const PARTS: readonly [RegExp, Key, readonly string[]][] = [
  [/^at once$/, 'why.atOnce', []],
  [/^fixed ([\d.]+) ms$/, 'why.fixed', ['base']],
  [/^linear ([\d.]+) ms × (\d+)$/, 'why.linear', ['base', 'n']],
  [/^exponential ([\d.]+) ms × 2\^(\d+)$/, 'why.exponential', ['base', 'n']],
  [/^capped at ([\d.]+) ms$/, 'why.capped', ['cap']],
  [/^full jitter → ([\d.]+) ms$/, 'why.jitter', ['wait']],
  [/^the service asked for ([\d.]+) ms → [\d.]+ ms$/, 'why.asked', ['wait']],
]

/** What a handler gave as its reason is text of the application's and stays as it is. */
export function whyInWords(recorded: string, t: Translate, ms: (ms: number) => string): string {
  return recorded
    .split(', ')
    .map((part) => {
      for (const [pattern, key, names] of PARTS) {
        const found = pattern.exec(part)
        if (!found) continue
        const values = names.map((name, index) => {
          const text = found[index + 1] ?? ''
          return [name, name === 'n' ? text : ms(Number(text))]
        })
        return t(key, Object.fromEntries(values) as Record<string, string>)
      }
      return part
    })
    .join(', ')
}

export interface Policy {
  attempts: number
  backoff: 'none' | 'fixed' | 'linear' | 'exponential'
  baseMs: number
  capMs: number
}

/** The longest wait before each of the next tries, at most so many of them. */
export function plannedWaits({ attempts, backoff, baseMs, capMs }: Policy, max = 8): number[] {
  return Array.from({ length: Math.max(0, Math.min(attempts - 1, max)) }, (_, index) => {
    const factor = { none: 0, fixed: 1, linear: index + 1, exponential: 2 ** index }[backoff]
    return Math.min(factor * baseMs, capMs)
  })
}

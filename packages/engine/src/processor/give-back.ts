import { hasCode } from '../errors.ts'

/**
 * Work that goes back to the queue without a failure counted has a counter all the same, and waits: what stands in its way
 * may take an hour, and a loop without a pause would be an outage of its own.
 */
const FIRST_MS = 1_000
const LONGEST_MS = 60_000

/** After so many refusals what is refused ends in error: their waits sum to 7 to 15 minutes. */
const REFUSALS_MAX = 20

/**
 * How long work waits that was given back `times` times in a row before: 1 s, doubling to 1 min, half of it by chance.
 * @param random 0 ≤ n < 1.
 */
export function giveBackDelay(times: number, random: () => number = Math.random): number {
  const wait = Math.min(FIRST_MS * 2 ** Math.max(0, times), LONGEST_MS)
  return wait / 2 + (wait / 2) * random()
}

/**
 * Whether it says that this daemon cannot know what it was given: stored data that its schema refuses, a type without a
 * definition. Asked only of what was thrown before a handler ran, for handlers make data too.
 */
export function isRefusal(error: unknown): boolean {
  return hasCode(error, 'bad-data') || hasCode(error, 'not-json') || hasCode(error, 'unknown-type')
}

/**
 * What is refused may be of a newer version that is being deployed: it is given back, uncounted, for a daemon that knows it.
 * @param refusals how often it was refused before.
 * @returns undefined when that was long enough: it is bad.
 */
export function nextAfterRefusal(
  refusals: number,
  random: () => number = Math.random,
): { readonly delayMs: number; readonly why: string } | undefined {
  if (refusals >= REFUSALS_MAX) return undefined
  const delayMs = giveBackDelay(refusals, random)
  return { delayMs, why: `a newer daemon may know it: refused ${refusals + 1} of ${REFUSALS_MAX + 1} times, uncounted` }
}

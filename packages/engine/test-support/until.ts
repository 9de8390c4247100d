import { setTimeout as sleep } from 'node:timers/promises'

/** Waits for a fact: asks until the answer is neither undefined nor false. */
export async function until<T>(
  fact: () => Promise<T> | T,
  what = 'the fact',
  timeoutMs = 60_000,
): Promise<NonNullable<T>> {
  const end = performance.now() + timeoutMs
  for (;;) {
    const answer = await fact()
    if (answer !== undefined && answer !== null && answer !== false) return answer
    if (performance.now() > end) throw new Error(`After ${timeoutMs} ms still not: ${what}.`)
    await sleep(20)
  }
}

/** A promise that the test resolves: what a handler waits for while the test looks at the database. */
export function gate<T = void>(): { readonly opened: Promise<T>; open(value: T): void } {
  const { promise, resolve } = Promise.withResolvers<T>()
  return { opened: promise, open: resolve }
}

import { setTimeout as sleep } from 'node:timers/promises'

/** Asks until the answer is there: for facts that another process makes, of which nobody tells. */
export async function waitFor<T>(
  what: string,
  ask: () => Promise<T | undefined | false>,
  withinMs = 45_000,
): Promise<T> {
  const until = performance.now() + withinMs
  for (;;) {
    const found = await ask()
    if (found !== undefined && found !== false) return found
    if (performance.now() > until) throw new Error(`After ${withinMs} ms there is still no ${what}.`)
    await sleep(25)
  }
}

import { setTimeout as sleep } from 'node:timers/promises'

/** Waits for the end of what goes on by itself, and no longer. @returns whether it has ended. */
export async function within(ms: number, what: Promise<unknown>): Promise<boolean> {
  const ended = what.then(
    () => true,
    () => true,
  )
  const timer = new AbortController()
  const late = sleep(ms, false, { signal: timer.signal }).catch(() => false)
  const inTime = await Promise.race([ended, late])
  timer.abort()
  return inTime
}

/**
 * Passwords are hashed a few at once. A hash takes a thread of the pool for a tenth of a second, and files and addresses are
 * read by the same four threads: without a bound, a flood of sign-ins would slow every page down.
 */
import { Busy } from '../http/busy.ts'

const AT_ONCE = 2
const WAITING_MAX = 100
const RETRY_SECONDS = 5

export type HashQueue = <T>(work: () => Promise<T>) => Promise<T>

/** @throws Busy instead of running when `waitingMax` others wait already. */
export function createHashQueue({ atOnce = AT_ONCE, waitingMax = WAITING_MAX } = {}): HashQueue {
  let running = 0
  const waiting: (() => void)[] = []
  return async (work) => {
    if (running >= atOnce) {
      if (waiting.length >= waitingMax) throw new Busy(RETRY_SECONDS)
      await new Promise<void>((resolve) => waiting.push(resolve)) // its place is handed over, so `running` stays
    } else {
      running++
    }
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }
}

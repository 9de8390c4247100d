/** Things said to screen readers, politely. Each is an addition to one region: the same sentence, said twice, is heard twice. */

/** Long enough to be taken up; after that a reader who walks through the page does not meet it. */
const STAYS_MS = 10_000

export type Announcement = { id: number; text: string }

let said: readonly Announcement[] = []
let nextId = 1
const listeners = new Set<() => void>()

function change(next: readonly Announcement[]) {
  said = next
  for (const listener of listeners) listener()
}

export function announce(text: string): void {
  const announcement = { id: nextId++, text }
  change([...said, announcement])
  setTimeout(() => change(said.filter((each) => each !== announcement)), STAYS_MS)
}

/** For `useSyncExternalStore`. */
export const announcements = {
  subscribe: (listener: () => void) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  },
  now: () => said,
}

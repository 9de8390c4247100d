/** Says things to screen readers, politely. One region for the whole application: it must exist before it speaks. */
import { VisuallyHidden } from '@mantine/core'
import { useSyncExternalStore } from 'react'

let said = { text: '', turn: 0 }
const listeners = new Set<() => void>()

export function announce(text: string) {
  said = { text, turn: said.turn + 1 }
  for (const listener of listeners) listener()
}

export function Announcements() {
  const { text, turn } = useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => said,
  )
  return (
    <VisuallyHidden role="status" aria-live="polite" aria-atomic="true">
      {/* The key makes the same sentence, said twice, a change that is heard twice. */}
      <span key={turn}>{text}</span>
    </VisuallyHidden>
  )
}

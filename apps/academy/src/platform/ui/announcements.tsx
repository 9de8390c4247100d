/** The region in which `announce` is heard. One for the whole application: it must exist before it speaks. */
import { VisuallyHidden } from '@mantine/core'
import { useSyncExternalStore } from 'react'
import { announcements } from './announce.ts'

export function Announcements() {
  const said = useSyncExternalStore(announcements.subscribe, announcements.now)
  return (
    // Not as a whole: only what has been added is read out.
    <VisuallyHidden role="status" aria-live="polite" aria-atomic="false">
      {said.map(({ id, text }) => (
        <div key={id}>{text}</div>
      ))}
    </VisuallyHidden>
  )
}

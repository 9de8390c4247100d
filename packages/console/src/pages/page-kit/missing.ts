/** Parts of the page that have nothing to show: they wait for their data, or did not get them. */
import { useEffect, useSyncExternalStore } from 'react'

let parts = 0
const listeners = new Set<() => void>()

function change(by: 1 | -1) {
  parts += by
  for (const listener of listeners) listener()
}

/**
 * For the component that stands in the place of such a part.
 * @param comesBack what is missing is asked for until it is there. A refusal is not.
 */
export function useMissingPart(comesBack = true): void {
  useEffect(() => {
    if (!comesBack) return
    change(1)
    return () => change(-1)
  }, [comesBack])
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

/** Whether there is such a part: to call what is shown old would then be no help, or not even true. */
export function useIsSomethingMissing(): boolean {
  return useSyncExternalStore(subscribe, () => parts > 0)
}

/** Small choices that this browser keeps. One that keeps nothing still shows what was chosen until the page is left. */
import { useCallback, useSyncExternalStore } from 'react'

const unsaved = new Map<string, string>()
const listeners = new Set<() => void>()

function readStored(name: string): string | null {
  try {
    return unsaved.get(name) ?? localStorage.getItem(name)
  } catch {
    return null
  }
}

export function writeStored(name: string, value: string) {
  unsaved.set(name, value)
  try {
    localStorage.setItem(name, value)
  } catch {
    // Kept in memory above.
  }
  for (const listener of listeners) listener()
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function useStored(name: string, initial: string): [string, (value: string) => void] {
  const value = useSyncExternalStore(subscribe, () => readStored(name) ?? initial)
  const set = useCallback((next: string) => writeStored(name, next), [name])
  return [value, set]
}

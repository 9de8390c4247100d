/** Work that would be lost: whoever leaves it, by a link, by going back, by signing out or by closing the tab, is asked first. */
import { useBlocker } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useSyncExternalStore } from 'react'

const LeaveDialog = lazy(() => import('./leave-dialog.tsx'))

const unsaved = new Set<symbol>()
let question: ((leave: boolean) => void) | undefined
const listeners = new Set<() => void>()

function ask(next: typeof question) {
  question = next
  for (const listener of listeners) listener()
}

/** Says of a form, or of one row of it, whether it holds what has not been saved. */
export function useUnsaved(isUnsaved: boolean): void {
  useEffect(() => {
    if (!isUnsaved) return
    const mark = Symbol('unsaved')
    unsaved.add(mark)
    return () => {
      unsaved.delete(mark)
    }
  }, [isUnsaved])
}

/** Asks where something is unsaved. A second question takes the place of the first, which is then answered by no. */
export function mayLeave(): Promise<boolean> {
  if (unsaved.size === 0) return Promise.resolve(true)
  question?.(false)
  return new Promise((resolve) => {
    ask((leave) => {
      ask(undefined)
      resolve(leave)
    })
  })
}

/** Once on every page. What has been saved, or is over anyhow, goes on with `ignoreBlocker`. */
export function LeaveGuard() {
  const asked = useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => question,
  )
  useBlocker({
    // Filters and tabs are in the address too; they leave nothing.
    shouldBlockFn: async ({ current, next }) => current.pathname !== next.pathname && !(await mayLeave()),
    enableBeforeUnload: () => unsaved.size > 0,
  })
  return <Suspense>{asked && <LeaveDialog onAnswer={asked} />}</Suspense>
}

import { useRouterState } from '@tanstack/react-router'
import { type RefObject, useEffect, useRef } from 'react'

/**
 * Moves the focus to the new page: a change of page that only scripts see is none for a keyboard or a screen reader.
 *
 * @returns the ref of the element that takes the focus.
 */
export function useFocusOnNavigation(): RefObject<HTMLElement | null> {
  const path = useRouterState({ select: (state) => state.location.pathname })
  const main = useRef<HTMLElement>(null)
  const shown = useRef(path)
  useEffect(() => {
    if (shown.current === path) return
    shown.current = path
    main.current?.focus({ preventScroll: true })
  }, [path])
  return main
}

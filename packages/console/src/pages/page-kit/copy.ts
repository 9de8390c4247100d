import { useEffect, useState } from 'react'

/**
 * Copies to the clipboard. `copied` is true when the text was, and false where the browser refused, or has no clipboard for
 * a page that did not come through TLS; undefined before, and after `reset`.
 *
 * @param options.saidMs how long `copied` stays true; by default until `reset`.
 * @param options.onTold hears each time what came of it.
 */
export function useCopy({ saidMs, onTold }: { saidMs?: number; onTold?: (copied: boolean) => void } = {}) {
  // A text that is copied again is a new answer: it is shown for its whole time.
  const [told, setTold] = useState<{ copied: boolean }>()
  useEffect(() => {
    if (!told?.copied || saidMs === undefined) return
    const timer = setTimeout(() => setTold(undefined), saidMs)
    return () => clearTimeout(timer)
  }, [told, saidMs])
  const tell = (copied: boolean) => {
    setTold({ copied })
    onTold?.(copied)
  }
  const copy = (text: string) => {
    if (!('clipboard' in navigator)) return tell(false)
    navigator.clipboard.writeText(text).then(
      () => tell(true),
      () => tell(false),
    )
  }
  return { copied: told?.copied, copy, reset: () => setTold(undefined) }
}

import { useEffect, useState } from 'react'

/** The time, moving on every so often while `enabled`: for countdowns and "5 minutes ago". */
export function useNow(everyMs: number, enabled = true): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    if (!enabled) return
    setNow(Date.now())
    const timer = setInterval(() => setNow(Date.now()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs, enabled])
  return now
}

/** Time over an element until its tooltip opens: a pointer that only passes by asks for nothing. */
export const TOOLTIP_AFTER_MS = 250

/** A quicker answer needs no skeleton. */
const NOTICED_AFTER_MS = 150

/** True once it has taken long enough to be noticed. */
export function useTakesLong(ms = NOTICED_AFTER_MS): boolean {
  const [long, setLong] = useState(ms === 0)
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), ms)
    return () => clearTimeout(timer)
  }, [ms])
  return long
}

/** Deliveries that this teacher started and has not seen the end of: kept in the browser, so that a reload does not lose them. */
export interface RunningDelivery {
  activityId: string
  title: string
}

const STORED = 'cascata.deliveries'
const KEPT_MAX = 5

const listeners = new Set<() => void>()
let deliveries: readonly RunningDelivery[] | undefined

/** What was stored may be of an older version, or not ours: only what can be used is taken. */
export function parseDeliveries(stored: string | null): RunningDelivery[] {
  try {
    const parsed: unknown = JSON.parse(stored ?? '[]')
    return (Array.isArray(parsed) ? parsed : []).filter(
      (each): each is RunningDelivery => typeof each?.activityId === 'string' && typeof each?.title === 'string',
    )
  } catch {
    return []
  }
}

function change(next: readonly RunningDelivery[]) {
  deliveries = next
  try {
    sessionStorage.setItem(STORED, JSON.stringify(next))
  } catch {
    // Without storage the chip lives until the page is left.
  }
  for (const listener of listeners) listener()
}

/** The newest first; the list stays the same object until it changes. */
export function runningDeliveries(): readonly RunningDelivery[] {
  deliveries ??= parseDeliveries(globalThis.sessionStorage?.getItem(STORED) ?? null)
  return deliveries
}

export function onRunningDeliveries(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function followDelivery(delivery: RunningDelivery) {
  const others = runningDeliveries().filter(({ activityId }) => activityId !== delivery.activityId)
  change([delivery, ...others].slice(0, KEPT_MAX))
}

export function forgetDelivery(activityId: string) {
  if (runningDeliveries().some((each) => each.activityId === activityId))
    change(runningDeliveries().filter((each) => each.activityId !== activityId))
}

/** What an event enqueued, at a glance: one icon each while they are few, else how many of each. */
import type { EventItem } from '../../contract/index.ts'
import { useConsole } from '../kit/console.tsx'
import kit from '../kit/kit.module.css'
import { STATUSES } from '../kit/looks.ts'
import { StatusIcon } from '../kit/status.tsx'

const ICONS_MAX = 5

export function CommandCounts({ of: { byStatus, total, more } }: { of: EventItem['commands'] }) {
  const { format } = useConsole()
  if (total === 0) return <>–</>
  const present = STATUSES.flatMap((status) => {
    const count = byStatus[status] ?? 0
    return count > 0 ? [{ status, count }] : []
  })
  return (
    <span className={kit.counts}>
      {present.map(({ status, count }) =>
        total <= ICONS_MAX ? (
          Array.from({ length: count }, (_, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: equal icons in a row
            <StatusIcon key={`${status}${place}`} status={status} size={16} />
          ))
        ) : (
          <span key={status} className={kit.countOf}>
            <StatusIcon status={status} size={16} />
            {format.compact(count)}
          </span>
        ),
      )}
      {more && '+'}
    </span>
  )
}

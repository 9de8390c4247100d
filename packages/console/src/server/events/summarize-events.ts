import { EVENT_STATUSES, type EventStatus, type ResponseOf, type summarizeEvents } from '../../contract/index.ts'
import type { Names } from '../names.ts'
import type { Reader } from '../read.ts'
import { type Count, countsOf } from '../totals.ts'

export async function eventSummary(
  db: Reader,
  names: Names,
  { tenant, type }: { tenant?: string | undefined; type?: string[] | undefined },
): Promise<ResponseOf<typeof summarizeEvents>> {
  const counts = await countsOf(db, 'event', { tenant })
  const perType = Map.groupBy(counts, (count) => count.type)
  const selected = type ? counts.filter((count) => type.includes(count.type)) : counts
  const byStatus = eventStatuses(selected)
  return {
    total: EVENT_STATUSES.reduce((sum, status) => sum + byStatus[status], 0),
    byStatus,
    types: [...perType]
      .map(([name, of]) => ({ ...names.typed('event', name), total: createdOf(of) }))
      .sort((a, b) => b.total - a.total || a.type.localeCompare(b.type)),
  }
}

/** What is queued counts as that, even when one of its handlers has already failed for good; success is what remains. */
export function eventStatuses(counts: readonly Count[]): Record<EventStatus, number> {
  const sum = (of: (count: Count) => boolean) => counts.reduce((total, count) => total + (of(count) ? count.n : 0), 0)
  const queued = (state: string) => sum((c) => c.source !== 'total' && c.status === state)
  const open = sum((c) => c.source !== 'total')
  const error = Math.max(
    0,
    sum((c) => c.source === 'total' && c.status === 'error') - sum((c) => c.source === 'failed-open'),
  )
  return {
    pending: queued('pending'),
    scheduled: queued('scheduled'),
    processing: queued('processing'),
    success: Math.max(0, createdOf(counts) - error - open),
    error,
  }
}

const createdOf = (counts: readonly Count[]): number =>
  counts.reduce((sum, { source, status, n }) => sum + (source === 'total' && status === 'created' ? n : 0), 0)

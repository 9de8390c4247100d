import { COMMAND_STATUSES, type CommandStatus, type ResponseOf, type summarizeCommands } from '../../contract/index.ts'
import type { Names } from '../names.ts'
import type { Reader } from '../read.ts'
import { type Count, countsOf } from '../totals.ts'

export async function commandSummary(
  db: Reader,
  names: Names,
  { tenant, type }: { tenant?: string | undefined; type?: string[] | undefined },
): Promise<ResponseOf<typeof summarizeCommands>> {
  const counts = await countsOf(db, 'command', { tenant })
  const perType = Map.groupBy(counts, (count) => count.type)
  const selected = type ? counts.filter((count) => type.includes(count.type)) : counts
  const byStatus = commandStatuses(selected)
  const queued = (state: string) =>
    selected.reduce((sum, c) => sum + (c.source === 'queue' && c.status === state ? c.n : 0), 0)
  return {
    total: totalOf(byStatus),
    byStatus,
    retrying: queued('retrying'),
    parked: queued('parked'),
    types: [...perType]
      .map(([name, of]) => {
        const statuses = commandStatuses(of)
        const present = Object.entries(statuses).filter(([, n]) => n > 0)
        return { ...names.typed('command', name), total: totalOf(statuses), byStatus: Object.fromEntries(present) }
      })
      .sort((a, b) => b.total - a.total || a.type.localeCompare(b.type)),
  }
}

/** Finished ones by how they ended, the others by where they stand in the queue: together every command once. */
function commandStatuses(counts: readonly Count[]): Record<CommandStatus, number> {
  const statuses = Object.fromEntries(COMMAND_STATUSES.map((status) => [status, 0])) as Record<CommandStatus, number>
  for (const { source, status, n } of counts) {
    if (source === 'total' && status === 'created') continue
    const as = status === 'retrying' ? 'scheduled' : status === 'parked' ? 'pending' : (status as CommandStatus)
    statuses[as] += n
  }
  return statuses
}

const totalOf = (statuses: Record<CommandStatus, number>): number =>
  COMMAND_STATUSES.reduce((sum, status) => sum + statuses[status], 0)

/** Commands as rows: in their own list, under an event, in a batch, under the command that made them. */
import type { CommandItem } from '../../contract/index.ts'
import { useConsole } from '../kit/console.tsx'
import kit from '../kit/kit.module.css'
import { shownStatus } from '../kit/looks.ts'
import { Ms, When } from '../kit/parts.tsx'
import { RecordLink } from '../kit/record.tsx'
import { StatusBadge } from '../kit/status.tsx'
import { type Column, DataTable } from '../kit/table.tsx'
import { useNow } from '../page-kit/index.ts'

export function CommandsTable({
  label,
  rows,
  stale,
  brief,
}: {
  label: string
  rows: readonly CommandItem[]
  stale?: boolean
  /** Where the page says already whose they are. */
  brief?: boolean
}) {
  const { t } = useConsole()
  const columns: (Column<CommandItem> | false)[] = [
    {
      head: t('column.type'),
      rowHeader: true,
      cell: (row) => (
        <>
          <RecordLink of={row} withType={!brief} bare />
          {row.error && <span className={kit.rowError}>{row.error}</span>}
        </>
      ),
    },
    { head: t('column.status'), cell: (row) => <CommandStatus of={row} /> },
    { head: t('column.created'), cell: ({ createdAt }) => <When at={createdAt} /> },
    { head: t('column.processed'), cell: ({ processedAt }) => <When at={processedAt} /> },
    { head: t('column.duration'), numeric: true, cell: ({ ms }) => <Ms ms={ms} /> },
    !brief && { head: t('column.origin'), cell: ({ origin }) => t(`origin.kind.${origin}`) },
    !brief && { head: t('column.tenant'), wide: true, cell: ({ tenant }) => tenant.name ?? tenant.id },
  ]
  return (
    <DataTable
      label={label}
      rows={rows}
      keyOf={({ id }) => id}
      {...(stale ? { stale } : {})}
      columns={columns.filter((column) => column !== false)}
    />
  )
}

/** "Scheduled" after a failure is a retry, and says when. */
export function CommandStatus({ of: command }: { of: Pick<CommandItem, 'status' | 'failures' | 'dueAt' | 'error'> }) {
  const { format } = useConsole()
  const { status, dueAt } = command
  const now = useNow(1000, status === 'scheduled')
  return (
    <span className={kit.counts}>
      <StatusBadge status={shownStatus(command)} />
      {status === 'scheduled' && dueAt && <span className={kit.hint}>{format.ago(dueAt, now)}</span>}
    </span>
  )
}

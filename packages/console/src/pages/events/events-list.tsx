/** Every event of every institution, newest first: how many, when, of what kind, and the ones that are asked for. */

import type { z } from 'zod'
import type { EventItem, pageOf } from '../../contract/index.ts'
import { COMMAND_STATUSES, EVENT_STATUSES } from '../../contract/vocabulary.ts'
import { useAsk } from '../kit/api.tsx'
import { useConsole } from '../kit/console.tsx'
import { listEvents, summarizeEvents } from '../kit/endpoints.ts'
import {
  EntityTypeFilter,
  Filters,
  RangeFilter,
  StatusFilter,
  TenantFilter,
  TextFilter,
  TypeFilter,
} from '../kit/filters.tsx'
import kit from '../kit/kit.module.css'
import { CountCards, useListSearch, useSnapshot } from '../kit/list.tsx'
import { ListBody } from '../kit/list-body.tsx'
import { Ms, When } from '../kit/parts.tsx'
import { LabelText, PageHeader, RecordLink } from '../kit/record.tsx'
import { StatusBadge } from '../kit/status.tsx'
import { DataTable } from '../kit/table.tsx'
import { CommandCounts } from './command-counts.tsx'
import { EventsDashboard } from './events-dashboard.tsx'
import { eventsSearch } from './events-search.ts'

const CARDS = ['pending', 'scheduled', 'processing', 'error', 'success'] as const

type Page = z.output<ReturnType<typeof pageOf<z.ZodType<EventItem>>>>

export function EventsList() {
  const { t } = useConsole()
  const search = useListSearch(eventsSearch)
  const { values, set } = search
  const { window = '24h', ...filters } = values
  const request = { limit: '25', ...filters }
  const list = useSnapshot<Page>(listEvents, request, ['event', 'command'])
  const summary = useAsk(
    summarizeEvents,
    { tenant: values.tenant, type: values.type },
    { live: ['event'], keepPrevious: true },
  )

  return (
    <>
      <PageHeader title={t('nav.events')}>
        <span>{t('events.lead')}</span>
      </PageHeader>
      <CountCards
        counts={[
          { key: 'total', value: summary.data?.total },
          ...CARDS.map((key) => ({ key, value: summary.data?.byStatus[key] })),
        ]}
        chosen={values.status}
        choose={(chosen) => set({ status: chosen ? [chosen as (typeof EVENT_STATUSES)[number]] : undefined })}
      />
      <EventsDashboard
        tenant={values.tenant}
        type={values.type}
        window={window}
        setWindow={(chosen) => set({ window: chosen, cursor: values.cursor })}
        types={summary.data?.types}
        chooseType={(type) => set({ type: [type] })}
      />
      <Filters>
        <StatusFilter
          label={t('filter.status')}
          statuses={EVENT_STATUSES}
          value={values.status}
          onChange={(chosen) => set({ status: chosen as (typeof EVENT_STATUSES)[number][] })}
        />
        <TypeFilter kind="event" value={values.type} onChange={(type) => set({ type })} />
        <TenantFilter value={values.tenant} onChange={(chosen) => set({ tenant: chosen })} />
        <StatusFilter
          label={t('filter.commandsEnqueued')}
          statuses={COMMAND_STATUSES}
          extra={[{ value: 'none', label: t('filter.noCommands') }]}
          value={values.commands}
          onChange={(chosen) => set({ commands: chosen as NonNullable<typeof values.commands> })}
        />
        <EntityTypeFilter value={values.entityType} onChange={(entityType) => set({ entityType })} />
        <TextFilter label={t('filter.entityId')} value={values.entityId} onChange={(entityId) => set({ entityId })} />
        <RangeFilter from={values.from} to={values.to} onChange={(range) => set(range)} />
      </Filters>
      <ListBody
        kind="event"
        search={search}
        list={list}
        none={t('events.none')}
        noneHint={
          <>
            {t('events.noneHint')}
            <pre className={kit.stack}>{'await save(tx, entity) // emits its events'}</pre>
          </>
        }
      >
        {(items, stale) => (
          <DataTable
            label={t('nav.events')}
            rows={items}
            keyOf={({ id }) => id}
            stale={stale}
            columns={[
              { head: t('column.type'), rowHeader: true, cell: (row) => <RecordLink of={row} withType bare /> },
              { head: t('column.status'), cell: ({ status }) => <StatusBadge status={status} /> },
              { head: t('column.occurred'), cell: ({ occurredAt }) => <When at={occurredAt} /> },
              { head: t('column.processed'), cell: ({ processedAt }) => <When at={processedAt} /> },
              { head: t('column.duration'), numeric: true, cell: ({ ms }) => <Ms ms={ms} /> },
              { head: t('column.commands'), cell: ({ commands }) => <CommandCounts of={commands} /> },
              { head: t('column.entity'), wide: true, cell: ({ entity }) => <LabelText of={entity} /> },
              { head: t('column.tenant'), wide: true, cell: (row) => row.tenant.name ?? row.tenant.id },
            ]}
          />
        )}
      </ListBody>
    </>
  )
}

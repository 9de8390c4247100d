/** Every batch of every institution, newest first, each with how far it is and what follows it. */
import type { z } from 'zod'
import type { BatchItem, pageOf } from '../../contract/index.ts'
import { BATCH_STATUSES } from '../../contract/vocabulary.ts'
import { useAsk } from '../kit/api.tsx'
import { useConsole } from '../kit/console.tsx'
import { listBatches, summarizeBatches } from '../kit/endpoints.ts'
import { ChoicesFilter, Filters, RangeFilter, StatusFilter, TenantFilter, TypeFilter } from '../kit/filters.tsx'
import kit from '../kit/kit.module.css'
import { CountCards, useListSearch, useSnapshot } from '../kit/list.tsx'
import { ListBody } from '../kit/list-body.tsx'
import { SegmentBar, When } from '../kit/parts.tsx'
import { PageHeader, RecordLink, useLabel } from '../kit/record.tsx'
import { StatusBadge, useStatusWord } from '../kit/status.tsx'
import { DataTable } from '../kit/table.tsx'
import { BATCH_ORIGINS, batchesSearch } from './batches-search.ts'

type Page = z.output<ReturnType<typeof pageOf<z.ZodType<BatchItem>>>>

const CARDS = ['pending', 'processing', 'error', 'success', 'cancelled'] as const

export function BatchesList() {
  const { t } = useConsole()
  const label = useLabel()
  const status = useStatusWord()
  const search = useListSearch(batchesSearch)
  const { values, set } = search

  const list = useSnapshot<Page>(listBatches, { limit: '25', ...values }, ['batch', 'command'])
  const summary = useAsk(
    summarizeBatches,
    { tenant: values.tenant, type: values.type },
    { live: ['batch', 'command'], keepPrevious: true },
  )

  return (
    <>
      <PageHeader title={t('nav.batches')}>
        <span>{t('batches.lead')}</span>
      </PageHeader>
      <CountCards
        counts={[
          { key: 'total', value: summary.data?.total },
          ...CARDS.map((key) => ({ key, value: summary.data?.byStatus[key] })),
        ]}
        chosen={values.status}
        choose={(chosen) => set({ status: chosen ? [chosen as (typeof BATCH_STATUSES)[number]] : undefined })}
      />
      <Filters>
        <StatusFilter
          label={t('filter.status')}
          statuses={BATCH_STATUSES}
          value={values.status}
          onChange={(chosen) => set({ status: chosen as (typeof BATCH_STATUSES)[number][] })}
        />
        <TypeFilter kind="batch" value={values.type} onChange={(type) => set({ type })} />
        <TenantFilter value={values.tenant} onChange={(chosen) => set({ tenant: chosen })} />
        <ChoicesFilter
          label={t('filter.origin')}
          options={BATCH_ORIGINS.map((kind) => ({ value: kind, label: t(`origin.kind.${kind}`) }))}
          value={values.origin}
          onChange={(chosen) => set({ origin: chosen as (typeof BATCH_ORIGINS)[number][] })}
        />
        <RangeFilter from={values.from} to={values.to} onChange={(range) => set(range)} />
      </Filters>
      <ListBody
        kind="batch"
        search={search}
        list={list}
        none={t('batches.none')}
        noneHint={
          <>
            {t('batches.noneHint')}
            <pre className={kit.stack}>{"batch('e-mails', students, (s) => SendEmail(s)).next(TellTeacher())"}</pre>
          </>
        }
      >
        {(items, stale) => (
          <DataTable
            label={t('nav.batches')}
            rows={items}
            keyOf={({ id }) => id}
            stale={stale}
            columns={[
              { head: t('column.type'), rowHeader: true, cell: (row) => <RecordLink of={row} withType bare /> },
              {
                head: t('column.status'),
                cell: ({ status: at, recovering }) => <StatusBadge status={recovering ? 'recovering' : at} />,
              },
              { head: t('column.created'), cell: ({ createdAt }) => <When at={createdAt} /> },
              { head: t('column.processed'), cell: ({ processedAt }) => <When at={processedAt} /> },
              {
                head: t('column.progress'),
                wide: true,
                cell: (row) => (
                  <div className={kit.progress}>
                    <SegmentBar
                      small
                      label={t('batches.progressOf', { batch: label(row) })}
                      done={row.done}
                      total={row.size}
                      segments={[
                        { key: 'success', label: status('success'), tone: 'good', value: row.done - row.failed },
                        { key: 'error', label: status('error'), tone: 'bad', value: row.failed },
                      ]}
                    />
                    <span className={kit.hint}>
                      {t('batches.doneOf', { done: row.done, size: row.size })}
                      {row.failed > 0 && ` · ${t('batches.failed', { count: row.failed })}`}
                    </span>
                  </div>
                ),
              },
              { head: t('column.next'), wide: true, cell: ({ next }) => (next ? <RecordLink of={next} /> : '–') },
              { head: t('column.tenant'), wide: true, cell: (row) => row.tenant.name ?? row.tenant.id },
            ]}
          />
        )}
      </ListBody>
    </>
  )
}

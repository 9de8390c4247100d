/** How the history grows: its weeks, their sizes, and what keeping less of it would free. Nothing is dropped from here. */
import { NumberInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconArchive, IconArrowForwardUp, IconPencil } from '@tabler/icons-react'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useAsk } from '../kit/api.tsx'
import { useConsole } from '../kit/console.tsx'
import { type AnswerOf, listPartitions } from '../kit/endpoints.ts'
import kit from '../kit/kit.module.css'
import { Card, Facts } from '../kit/parts.tsx'
import { PageHeader } from '../kit/record.tsx'
import { readSearch, writeSearch } from '../kit/search.ts'
import { Loading, Show } from '../kit/states.tsx'
import { DataTable } from '../kit/table.tsx'
import classes from './partitions.module.css'

type Storage = AnswerOf<typeof listPartitions>
type Range = Storage['ranges'][number]

const partitionsSearch = { keepDays: { kind: 'text' } } as const
const DAYS_MAX = 36_500

export function Partitions() {
  const { t } = useConsole()
  const navigate = useNavigate()
  const { values } = readSearch(partitionsSearch, useSearch({ strict: false }))
  const asked = values.keepDays && /^\d{1,5}$/.test(values.keepDays) ? Number(values.keepDays) : undefined
  const keepDays = asked && asked >= 1 && asked <= DAYS_MAX ? asked : undefined
  const [typed, setTyped] = useState<number | string>(keepDays ?? '')
  const [settled] = useDebouncedValue(typed, 400)
  useEffect(() => {
    const wanted = typeof settled === 'number' && settled >= 1 ? settled : undefined
    if (wanted !== keepDays)
      void navigate({ to: '.', search: writeSearch({ keepDays: wanted }) as never, replace: true })
  }, [settled, keepDays, navigate])
  const query = useAsk(listPartitions, { keepDays }, { keepPrevious: true })

  return (
    <>
      <PageHeader title={t('nav.partitions')}>
        <span>{t('partitions.lead')}</span>
      </PageHeader>
      <Show query={query} loading={<Loading lines={5} height={80} />}>
        {(storage) => (
          <div className={kit.stackOf}>
            <Summary storage={storage} />
            <Card title={t('partitions.weeks')} hint={t('partitions.weeksHint')} flush>
              <div className={classes.what}>
                <NumberInput
                  label={t('partitions.keepDays')}
                  description={t('partitions.keepDaysHint')}
                  min={1}
                  max={DAYS_MAX}
                  allowDecimal={false}
                  allowNegative={false}
                  w={{ base: '100%', xs: 340 }}
                  value={typed}
                  onChange={setTyped}
                />
                {storage.wouldDrop && (
                  <p className={classes.answer} role="status">
                    {storage.wouldDrop.ranges === 0 ? (
                      t('partitions.dropsNothing')
                    ) : (
                      <DropSentence of={storage.wouldDrop} />
                    )}
                  </p>
                )}
              </div>
              <Weeks ranges={storage.ranges} stale={query.isPlaceholderData} />
            </Card>
            <Card title={t('partitions.queues')} hint={t('partitions.queuesHint')} flush>
              <Queues queues={storage.queues} />
            </Card>
          </div>
        )}
      </Show>
    </>
  )
}

function DropSentence({ of: drop }: { of: NonNullable<Storage['wouldDrop']> }) {
  const { t, format } = useConsole()
  return (
    <>
      {t('partitions.drops', {
        count: drop.ranges,
        rows: format.compact(drop.rowsEstimated),
        size: format.bytes(drop.bytes),
      })}
    </>
  )
}

function Summary({ storage }: { storage: Storage }) {
  const { t, format } = useConsole()
  const bytes = storage.ranges.reduce((sum, range) => sum + range.bytes, 0)
  const ahead = storage.ranges.filter(({ state }) => state === 'ahead').length
  return (
    <Card title={t('partitions.now')}>
      <Facts
        facts={[
          { label: t('partitions.history'), value: format.bytes(bytes) },
          { label: t('partitions.count'), value: storage.ranges.length },
          {
            label: t('partitions.aheadUntil'),
            value: storage.aheadUntil && format.utcDay(storage.aheadUntil),
          },
          { label: t('partitions.ahead'), value: t('partitions.aheadWeeks', { count: ahead }) },
          {
            label: t('partitions.unfinished'),
            value: format.number(storage.ranges.reduce((sum, range) => sum + range.unfinished, 0)),
          },
        ]}
      />
    </Card>
  )
}

const STATE_ICONS = { ahead: IconArrowForwardUp, current: IconPencil, closed: IconArchive }

function Weeks({ ranges, stale }: { ranges: readonly Range[]; stale: boolean }) {
  const { t, format } = useConsole()
  const largest = Math.max(1, ...ranges.map(({ bytes }) => bytes))
  const rows = (range: Range) => {
    const known = range.tables.filter(({ rowsEstimated }) => rowsEstimated !== null)
    return known.length === 0
      ? '–'
      : `≈ ${format.compact(known.reduce((sum, { rowsEstimated }) => sum + (rowsEstimated ?? 0), 0))}`
  }
  return (
    <DataTable
      label={t('partitions.weeks')}
      rows={ranges}
      keyOf={({ from }) => from}
      stale={stale}
      columns={[
        {
          head: t('partitions.week'),
          rowHeader: true,
          cell: ({ from, to }) =>
            `${format.utcDay(from)} – ${format.utcDay(new Date(new Date(to).getTime() - 1).toISOString())}`,
        },
        {
          head: t('column.status'),
          cell: ({ state }) => {
            const Icon = STATE_ICONS[state]
            return (
              <span className={kit.badge} data-tone={state === 'current' ? 'busy' : 'quiet'}>
                <Icon size={14} aria-hidden />
                {t(`partitions.state.${state}`)}
              </span>
            )
          },
        },
        { head: t('partitions.rows'), numeric: true, cell: rows },
        {
          head: t('partitions.size'),
          cell: (range) => (
            <span className={classes.size}>
              <span className={classes.sizeBar} aria-hidden>
                <span style={{ width: `${(range.bytes / largest) * 100}%` }} />
              </span>
              {format.bytes(range.bytes)}
            </span>
          ),
        },
        {
          head: t('partitions.indexes'),
          numeric: true,
          cell: ({ tables }) => format.bytes(tables.reduce((sum, { indexBytes }) => sum + indexBytes, 0)),
        },
        { head: t('partitions.unfinished'), numeric: true, cell: ({ unfinished }) => format.number(unfinished) },
        {
          head: t('partitions.ifKept'),
          cell: ({ retention }) =>
            retention === null ? (
              '–'
            ) : (
              <span className={kit.badge} data-tone={retention === 'drops' ? 'warn' : 'quiet'}>
                {t(`partitions.retention.${retention}`)}
              </span>
            ),
        },
      ]}
    />
  )
}

function Queues({ queues }: { queues: Storage['queues'] }) {
  const { t, format } = useConsole()
  return (
    <DataTable
      label={t('partitions.queues')}
      rows={queues}
      keyOf={({ table }) => table}
      columns={[
        { head: t('partitions.table'), rowHeader: true, cell: ({ table }) => <span className={kit.raw}>{table}</span> },
        {
          head: t('partitions.rows'),
          numeric: true,
          cell: ({ rowsEstimated }) => (rowsEstimated === null ? '–' : `≈ ${format.compact(rowsEstimated)}`),
        },
        { head: t('partitions.dead'), numeric: true, cell: ({ deadRows }) => format.compact(deadRows) },
        { head: t('partitions.size'), numeric: true, cell: ({ bytes }) => format.bytes(bytes) },
      ]}
    />
  )
}

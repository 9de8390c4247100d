/** Every command of every institution, newest first. */
import type { z } from 'zod'
import type { CommandItem, pageOf } from '../../contract/index.ts'
import { COMMAND_STATUSES, ORIGIN_KINDS } from '../../contract/vocabulary.ts'
import { useAsk } from '../kit/api.tsx'
import { useConsole } from '../kit/console.tsx'
import { listCommands, summarizeCommands } from '../kit/endpoints.ts'
import {
  ChoicesFilter,
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
import { PageHeader } from '../kit/record.tsx'
import { commandsSearch } from './commands-search.ts'
import { CommandsTable } from './commands-table.tsx'

type Page = z.output<ReturnType<typeof pageOf<z.ZodType<CommandItem>>>>

const CARDS = [
  'pending',
  'scheduled',
  'awaiting',
  'processing',
  'error',
  'success',
  'recovered',
  'cancelled',
  'unknown',
] as const

export function CommandsList() {
  const { t } = useConsole()
  const search = useListSearch(commandsSearch)
  const { values, set } = search

  const list = useSnapshot<Page>(listCommands, { limit: '25', ...values }, ['command'])
  const summary = useAsk(
    summarizeCommands,
    { tenant: values.tenant, type: values.type },
    { live: ['command'], keepPrevious: true },
  )

  const hints: Record<string, string | undefined> = {
    scheduled: summary.data?.retrying ? t('commands.retrying', { count: summary.data.retrying }) : undefined,
    pending: summary.data?.parked ? t('commands.parked', { count: summary.data.parked }) : undefined,
  }

  return (
    <>
      <PageHeader title={t('nav.commands')}>
        <span>{t('commands.lead')}</span>
      </PageHeader>
      <CountCards
        counts={[
          { key: 'total', value: summary.data?.total },
          ...CARDS.map((key) => ({ key, value: summary.data?.byStatus[key], hint: hints[key] })),
        ]}
        chosen={values.status}
        choose={(chosen) => set({ status: chosen ? [chosen as (typeof COMMAND_STATUSES)[number]] : undefined })}
      />
      <Filters>
        <StatusFilter
          label={t('filter.status')}
          statuses={COMMAND_STATUSES}
          value={values.status}
          onChange={(chosen) => set({ status: chosen as (typeof COMMAND_STATUSES)[number][] })}
        />
        <TypeFilter kind="command" value={values.type} onChange={(type) => set({ type })} />
        <TenantFilter value={values.tenant} onChange={(chosen) => set({ tenant: chosen })} />
        <ChoicesFilter
          label={t('filter.origin')}
          options={ORIGIN_KINDS.map((kind) => ({ value: kind, label: t(`origin.kind.${kind}`) }))}
          value={values.origin}
          onChange={(chosen) => set({ origin: chosen as (typeof ORIGIN_KINDS)[number][] })}
        />
        <TextFilter label={t('filter.error')} value={values.error} onChange={(error) => set({ error })} />
        <RangeFilter from={values.from} to={values.to} onChange={(range) => set(range)} />
      </Filters>
      <ListBody
        kind="command"
        search={search}
        list={list}
        none={t('commands.none')}
        noneHint={
          <>
            {t('commands.noneHint')}
            <pre className={kit.stack}>{"on(Event, 'do-something', (data) => DoSomething(data))"}</pre>
          </>
        }
      >
        {(items, stale) => <CommandsTable label={t('nav.commands')} rows={items} stale={stale} />}
      </ListBody>
    </>
  )
}

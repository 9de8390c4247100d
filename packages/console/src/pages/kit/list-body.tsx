/** The rows of a list and the states around them: what is filtered by, what waits, nothing, failure, pages. */
import { Button } from '@mantine/core'
import { useLocation } from '@tanstack/react-router'
import { type ReactNode, useMemo } from 'react'
import type { Kind } from '../../contract/index.ts'
import { useFailure } from '../page-kit/index.ts'
import { useAsk } from './api.tsx'
import { chipsOf } from './chips.ts'
import { useConsole, useInstitution } from './console.tsx'
import { listTypes } from './endpoints.ts'
import { useTenantName } from './filters.tsx'
import { Chips, FreshRows, type ListPage, NothingHere, Pager, type Snapshot } from './list.tsx'
import { LISTS, place } from './place.ts'
import { useLabel } from './record.tsx'
import { useRememberList } from './siblings.tsx'
import { Failed, Loading, Stale } from './states.tsx'
import { useStatusWord } from './status.tsx'

interface Search {
  values: Readonly<Record<string, unknown>> & {
    tenant?: string | undefined
    limit?: string | undefined
    cursor?: string | undefined
  }
  dropped: readonly string[]
  set: (patch: never) => void
  clear: () => void
}

export function ListBody<Page extends ListPage>({
  kind,
  search,
  list,
  none,
  noneHint,
  children,
}: {
  kind: Kind
  search: Search
  list: Snapshot<Page>
  none: string
  noneHint: ReactNode
  children: (items: Page['items'], stale: boolean) => ReactNode
}) {
  const { t, format } = useConsole()
  const { values, dropped, clear } = search
  const set = search.set as (patch: Record<string, unknown>) => void
  const { query, data, items, fresh, load } = list
  const { problem, retry } = useFailure(query)
  const label = useLabel()
  const status = useStatusWord()
  const { search: address } = useLocation()
  const types = useAsk(listTypes, {}).data
  const tenant = useTenantName(values.tenant)
  const ids = useMemo(() => data?.items.map(({ id }) => id) ?? [], [data])
  const here = useMemo(() => place(LISTS[kind], { search: address as Record<string, string> }), [kind, address])
  useRememberList(kind, ids, here)
  useInstitution(values.tenant)

  const typed = (of: Kind | 'entity') => (type: string) =>
    label(types?.[of].find((each) => each.type === type) ?? { type, label: null })
  const chips = chipsOf(
    values,
    { t, status, type: typed(kind), entity: typed('entity'), tenant, instant: format.instant },
    set,
  )

  return (
    <>
      <Chips chips={chips} dropped={dropped} clear={clear} />
      <FreshRows fresh={fresh} load={load} />
      {data && <Stale query={query} />}
      {!data && problem ? (
        <Failed
          problem={problem}
          retry={retry}
          narrow={
            <Button variant="default" onClick={() => set({ from: '-24h', to: undefined })}>
              {t('filter.narrow')}
            </Button>
          }
        />
      ) : !data ? (
        <Loading lines={8} height={44} />
      ) : items.length === 0 ? (
        <NothingHere filtered={chips.length > 0} clear={clear} title={none}>
          {noneHint}
        </NothingHere>
      ) : (
        <>
          {children(items, query.isPlaceholderData)}
          <Pager
            page={data.page}
            shown={items.length}
            asOf={data.asOf}
            cursor={values.cursor}
            go={(cursor) => set({ cursor })}
            limit={values.limit ?? String(data.page.limit)}
            setLimit={(limit) => set({ limit })}
          />
        </>
      )}
    </>
  )
}

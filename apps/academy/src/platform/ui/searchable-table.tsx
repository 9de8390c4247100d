/** A list that is here as a whole: searched in the browser, in the order of a dictionary. */
import { Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Endpoint, ResponseOf } from '../http/endpoint.ts'
import { isFound, searchWords } from '../search.ts'
import type { Loaded } from './api.tsx'
import { FilterBar, type None, NoneFound, SearchInput, useFilters } from './filters.tsx'
import { useFormat } from './session.tsx'
import { Message, Show } from './states.tsx'
import { type Column, DataTable } from './table.tsx'

/** What fits on a screen is read, not searched. */
const ROWS_UNSEARCHED_MAX = 10

export interface SearchableTableProps<E extends Endpoint, Row> {
  label: string
  query: Loaded<E>
  rowsOf: (data: ResponseOf<E>) => readonly Row[]
  keyOf: (row: Row) => string
  columns: readonly Column<Row>[]
  /** What is searched in; a list without it has no search. */
  searchedIn?: (row: Row) => string
  /** Default: the order that the server gives. */
  orderedBy?: (row: Row) => string
  /** Told when there are none at all. */
  none: None
  /** What the server is asked beside; `names` are those in the address. */
  filter?: { names: readonly string[]; input: ReactNode }
}

export function SearchableTable<E extends Endpoint, Row>({
  label,
  query,
  rowsOf,
  keyOf,
  columns,
  searchedIn,
  orderedBy,
  none,
  filter,
}: SearchableTableProps<E, Row>) {
  const { t } = useTranslation()
  const { compare } = useFormat()
  const [filters, change] = useFilters('search', ...(filter?.names ?? []))
  const search = filters.search ?? ''
  const words = searchWords(search)
  return (
    <Show query={query}>
      {(data) => {
        const all = rowsOf(data)
        const ordered = orderedBy ? all.toSorted((a, b) => compare(orderedBy(a), orderedBy(b))) : all
        const shown = searchedIn ? ordered.filter((row) => isFound(searchedIn(row), words)) : ordered
        const isAsked = Object.keys(filters).length > 0
        const searches =
          searchedIn !== undefined && (all.length > ROWS_UNSEARCHED_MAX || isAsked || filter !== undefined)
        if (all.length === 0 && !isAsked) {
          return (
            <Message icon={none.icon} title={none.title} action={none.action}>
              {none.hint}
            </Message>
          )
        }
        return (
          <>
            {(searches || filter) && (
              <FilterBar>
                {searches && (
                  <SearchInput label={t('list.search')} value={search} onSearch={(next) => change({ search: next })} />
                )}
                {filter?.input}
              </FilterBar>
            )}
            <Stack>
              {(searches || filter) && (
                <Text size="sm" c="dimmed" role="status">
                  {t('list.found', { count: shown.length })}
                </Text>
              )}
              {shown.length > 0 ? (
                <DataTable label={label} rows={shown} keyOf={keyOf} columns={columns} />
              ) : (
                <NoneFound onClear={() => change(Object.fromEntries(Object.keys(filters).map((name) => [name, ''])))} />
              )}
            </Stack>
          </>
        )
      }}
    </Show>
  )
}

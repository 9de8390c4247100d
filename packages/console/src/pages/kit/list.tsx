/** What the three lists share: counters that filter, filters that live in the address, rows that stay put, pages by key. */
import { ActionIcon, Button, CloseButton, Select, Tooltip, UnstyledButton } from '@mantine/core'
import {
  IconChevronLeft,
  IconChevronRight,
  IconChevronsLeft,
  IconLink,
  IconSearchOff,
  IconSparkles,
} from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useLocation, useNavigate, useSearch } from '@tanstack/react-router'
import { type ReactNode, useMemo } from 'react'
import type { Endpoint } from '../../contract/index.ts'
import { useShortcuts } from '../shell/shortcuts.tsx'
import { type ConsoleProblem, keyOf, type LiveKind, useApi, useAsk } from './api.tsx'
import { useConsole } from './console.tsx'
import { Copy } from './copy.tsx'
import type { Address } from './endpoints.ts'
import classes from './kit.module.css'
import { lookOf } from './looks.ts'
import { PAGE_SIZE_CHOICES } from './page-sizes.ts'
import { When } from './parts.tsx'
import { readSearch, type Specs, type ValuesOf, writeSearch } from './search.ts'
import { freshIn, withNews } from './snapshot.ts'
import { Message } from './states.tsx'
import { useStatusWord } from './status.tsx'

/** Filters as the address has them; `set` changes some, and begins at the first page unless it names a cursor. */
export function useListSearch<const S extends Specs>(specs: S) {
  const raw = useSearch({ strict: false }) as Record<string, string>
  const navigate = useNavigate()
  const { values, dropped } = useMemo(() => readSearch(specs, raw), [specs, raw])
  const go = (next: Record<string, unknown>) => void navigate({ to: '.', search: writeSearch(next) as never })
  return {
    values,
    dropped,
    set: (patch: Partial<ValuesOf<S>>) => go({ ...values, cursor: undefined, ...patch }),
    /** Everything but how many rows a page has. */
    clear: () => go({ limit: (values as { limit?: string }).limit }),
  }
}

export interface ListPage {
  items: { id: string }[]
  page: { limit: number; next: string | null; previous: string | null }
  asOf: string
}

/** The page as it was read, its rows kept up to date, and how many new ones wait. */
export function useSnapshot<Page extends ListPage>(
  endpoint: Address<Endpoint>,
  request: { cursor?: string | undefined },
  live: readonly LiveKind[],
) {
  const { call } = useApi()
  const query = useAsk(endpoint, request, { keepPrevious: true })
  const data = query.data as Page | undefined
  const first = request.cursor === undefined
  const now = useQuery<Page, ConsoleProblem>({
    queryKey: [...keyOf(endpoint, request), 'now', data?.asOf],
    queryFn: ({ signal }) => call(endpoint, request, signal) as Promise<Page>,
    enabled: first && data !== undefined && !query.isPlaceholderData,
    staleTime: Number.POSITIVE_INFINITY,
    meta: { live },
    ...(data ? { initialData: data } : {}),
  }).data
  const shown = (data?.items ?? []) as Page['items']
  const news = (now?.items ?? []) as Page['items']
  return {
    query,
    data,
    items: withNews(shown, news) as Page['items'],
    fresh: data && !query.isPlaceholderData ? freshIn(shown, news, data.page.limit) : { count: 0, more: false },
    load: () => void query.refetch(),
  }
}

export type Snapshot<Page extends ListPage> = ReturnType<typeof useSnapshot<Page>>

export interface Count {
  /** A status, or `total`. */
  key: string
  word?: string
  value: number | undefined
  /** Part of another card: said, not added. */
  hint?: string | undefined
}

/** How many there are, by status; each is a filter. */
export function CountCards({
  counts,
  chosen,
  choose,
}: {
  counts: readonly Count[]
  chosen: readonly string[] | undefined
  choose: (status: string | undefined) => void
}) {
  const { t, format } = useConsole()
  const word = useStatusWord()
  return (
    <fieldset className={classes.cards} style={{ border: 0, padding: 0, margin: '0 0 1rem', minWidth: 0 }}>
      <legend className={classes.hidden}>{t('list.byStatus')}</legend>
      {counts.map(({ key, value, hint, word: own }) => {
        const total = key === 'total'
        const { tone, icon: Icon } = lookOf(key)
        const pressed = total ? !chosen : chosen?.length === 1 && chosen[0] === key
        return (
          <UnstyledButton
            key={key}
            className={classes.count}
            aria-pressed={pressed}
            data-zero={value === 0}
            title={value === undefined ? undefined : format.number(value)}
            onClick={() => choose(total || pressed ? undefined : key)}
          >
            <span className={classes.countWord}>
              {!total && (
                <span className={classes.statusIcon} data-tone={tone}>
                  <Icon size={15} stroke={2} aria-hidden />
                </span>
              )}
              {own ?? (total ? t('list.total') : word(key))}
            </span>
            <span className={classes.countNumber}>{value === undefined ? '…' : format.compact(value)}</span>
            {hint && <span className={classes.hint}>{hint}</span>}
          </UnstyledButton>
        )
      })}
    </fieldset>
  )
}

export interface Chip {
  key: string
  label: string
  remove: () => void
}

/** What is filtered by, each to be taken away; what the address said and nobody understood; the link to share. */
export function Chips({
  chips,
  dropped,
  clear,
}: {
  chips: readonly Chip[]
  dropped: readonly string[]
  clear: () => void
}) {
  const { t } = useConsole()
  return (
    <div>
      {dropped.length > 0 && (
        <p className={classes.hint} role="status">
          {t('filter.dropped', { names: dropped.join(', ') })}
        </p>
      )}
      {chips.length > 0 && (
        <div className={classes.chips}>
          {chips.map(({ key, label, remove }) => (
            <span key={key} className={classes.chip}>
              {label}
              <CloseButton
                size={24}
                iconSize={14}
                aria-label={t('filter.remove', { filter: label })}
                onClick={remove}
              />
            </span>
          ))}
          <Button size="compact-sm" variant="subtle" onClick={clear}>
            {t('filter.clear')}
          </Button>
        </div>
      )}
    </div>
  )
}

export function Pager({
  page,
  shown,
  asOf,
  cursor,
  go,
  limit,
  setLimit,
}: {
  page: ListPage['page']
  shown: number
  asOf: string
  cursor: string | undefined
  go: (cursor: string | undefined) => void
  limit: string
  setLimit: (limit: string) => void
}) {
  const { t } = useConsole()
  const location = useLocation()
  const button = (label: string, Icon: typeof IconChevronLeft, to: string | undefined | null, disabled: boolean) => (
    <Tooltip label={label}>
      <ActionIcon
        variant="default"
        size={32}
        aria-label={label}
        {...(disabled ? { 'data-disabled': true } : {})}
        aria-disabled={disabled}
        onClick={() => !disabled && go(to ?? undefined)}
      >
        <Icon size={18} aria-hidden />
      </ActionIcon>
    </Tooltip>
  )
  return (
    <nav className={classes.pager} aria-label={t('pager.label')}>
      <span>
        {t('pager.shown', { count: shown })} · {t('pager.asOf')} <When at={asOf} />
      </span>
      <span className={classes.pagerButtons}>
        <Select
          size="xs"
          w={76}
          aria-label={t('pager.size')}
          data={[...PAGE_SIZE_CHOICES]}
          value={limit}
          allowDeselect={false}
          onChange={(value) => value && setLimit(value)}
        />
        {button(t('pager.newest'), IconChevronsLeft, undefined, cursor === undefined)}
        {button(t('pager.newer'), IconChevronLeft, page.previous, page.previous === null)}
        {button(t('pager.older'), IconChevronRight, page.next, page.next === null)}
        <Copy
          text={new URL(location.publicHref, window.location.origin).href}
          label={t('copy.link')}
          insteadLabel={t('copy.fromAddress')}
          icon={IconLink}
          size={32}
        />
      </span>
    </nav>
  )
}

/** New rows wait here, so that nothing moves under the pointer. */
export function FreshRows({ fresh, load }: { fresh: { count: number; more: boolean }; load: () => void }) {
  const { t } = useConsole()
  const waiting = fresh.count > 0
  useShortcuts([{ keys: '.', label: t('keys.load'), run: waiting ? load : undefined }])
  if (!waiting) return null
  return (
    <div className={classes.fresh}>
      <Button size="compact-md" radius="xl" variant="light" onClick={load}>
        {t(fresh.more ? 'list.newMore' : 'list.new', { count: fresh.count })}
      </Button>
    </div>
  )
}

/** Two kinds of nothing: there is none yet, or none that is asked for. */
export function NothingHere({
  filtered,
  clear,
  title,
  children,
}: {
  filtered: boolean
  clear: () => void
  title: string
  children: ReactNode
}) {
  const { t } = useConsole()
  if (filtered)
    return (
      <Message
        icon={IconSearchOff}
        title={t('list.noMatch')}
        action={
          <Button variant="default" onClick={clear}>
            {t('filter.clear')}
          </Button>
        }
      >
        {t('list.noMatchHint')}
      </Message>
    )
  return (
    <Message icon={IconSparkles} title={title}>
      {children}
    </Message>
  )
}

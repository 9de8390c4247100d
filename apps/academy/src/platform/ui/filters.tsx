/** What a list is narrowed to stands in the address: it survives a reload, and can be sent to a colleague. */
import { Button, Paper, TextInput, type TextInputProps } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import classes from './filters.module.css'
import { Message, type MessageProps } from './states.tsx'

const SEARCH_AFTER_MS = 250

type Filters<Name extends string> = Partial<Record<Name, string>>

/** The filters that are set, and how some of them are changed: those that are not named stay, an empty one goes. */
export function useFilters<Name extends string>(...names: Name[]) {
  const asked = useSearch({ strict: false }) as Record<string, unknown>
  const navigate = useNavigate()
  // The address bar may hold a number where a text is meant.
  const filters: Filters<Name> = Object.assign(
    {},
    ...names.filter((name) => asked[name] !== undefined).map((name) => ({ [name]: String(asked[name]) })),
  )
  const change = (next: Filters<Name>) => {
    const set = Object.entries({ ...filters, ...next }).filter(([, value]) => value)
    void navigate({ to: '.', search: Object.fromEntries(set) as never, replace: true })
  }
  return [filters, change] as const
}

export function FilterBar({ children }: { children: ReactNode }) {
  return (
    <Paper withBorder className={classes.bar} role="search">
      {children}
    </Paper>
  )
}

/** Tells what was typed once there is a pause in it. */
export function SearchInput({
  value,
  onSearch,
  ...input
}: Omit<TextInputProps, 'onChange' | 'value'> & { value: string; onSearch: (search: string) => void }) {
  const [typed, setTyped] = useState(value)
  const [told, setTold] = useState(value)
  if (value !== told) {
    // It was changed elsewhere: the filters were cleared, or the reader went back.
    setTold(value)
    setTyped(value)
  }
  const tellSoon = useDebouncedCallback((search: string) => {
    setTold(search)
    onSearch(search)
  }, SEARCH_AFTER_MS)
  return (
    <TextInput
      type="search"
      leftSection={<IconSearch size={16} aria-hidden />}
      maxLength={100}
      className={classes.search ?? ''}
      {...input}
      value={typed}
      onChange={(event) => {
        setTyped(event.currentTarget.value)
        tellSoon(event.currentTarget.value.trim())
      }}
    />
  )
}

/** In place of a list in which the filters find nothing. */
export function NoneFound({ onClear }: { onClear: () => void }) {
  const { t } = useTranslation()
  return (
    <Message
      icon={IconSearch}
      title={t('list.noneFound')}
      action={
        <Button variant="default" onClick={onClear}>
          {t('list.clear')}
        </Button>
      }
    >
      {t('list.noneFoundHint')}
    </Message>
  )
}

/** The words of a list of which there is nothing yet, and the way to the first. */
export type None = { icon: MessageProps['icon']; title: string; hint: string; action?: ReactNode }

/** In place of a list without rows: there are none yet, or none that is asked for. */
export function NothingListed({
  isFiltered,
  none: { hint, ...none },
  onClear,
}: {
  isFiltered: boolean
  none: None
  onClear: () => void
}) {
  if (isFiltered) return <NoneFound onClear={onClear} />
  return <Message {...none}>{hint}</Message>
}

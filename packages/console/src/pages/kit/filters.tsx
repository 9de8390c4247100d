/** The controls of a list's filters. Each changes the address at once; text does when it is left or Enter is pressed. */
import { MultiSelect, Select, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import type { Kind } from '../../contract/index.ts'
import { useShortcuts } from '../shell/shortcuts.tsx'
import { useAsk } from './api.tsx'
import { useConsole } from './console.tsx'
import { listTenants, listTypes } from './endpoints.ts'
import classes from './kit.module.css'
import { useLabel } from './record.tsx'
import { useStatusWord } from './status.tsx'

/** `/` leads to the first of the filters. */
export function Filters({ children }: { children: ReactNode }) {
  const { t } = useConsole()
  const bar = useRef<HTMLFormElement>(null)
  useShortcuts([
    {
      keys: '/',
      label: t('keys.filter'),
      run: () => bar.current?.querySelector<HTMLElement>('input:not([type="hidden"])')?.focus(),
    },
  ])
  return (
    <search>
      <form
        ref={bar}
        className={classes.filters}
        aria-label={t('filter.bar')}
        onSubmit={(event) => event.preventDefault()}
      >
        {children}
      </form>
    </search>
  )
}

const clearable = (label: string) => ({ clearable: true, clearButtonProps: { 'aria-label': label } })

/** Several of a few. */
export function ChoicesFilter({
  label,
  options,
  value,
  onChange,
}: {
  label: string
  options: { value: string; label: string }[]
  value: readonly string[] | undefined
  onChange: (value: string[]) => void
}) {
  const { t } = useConsole()
  return (
    <MultiSelect
      label={label}
      placeholder={value?.length ? '' : t('filter.any')}
      data={options}
      value={[...(value ?? [])]}
      onChange={onChange}
      {...clearable(t('filter.clearOne', { filter: label }))}
    />
  )
}

export function StatusFilter({
  statuses,
  extra = [],
  ...filter
}: {
  label: string
  statuses: readonly string[]
  value: readonly string[] | undefined
  onChange: (value: string[]) => void
  extra?: readonly { value: string; label: string }[]
}) {
  const word = useStatusWord()
  return (
    <ChoicesFilter
      {...filter}
      options={[...statuses.map((status) => ({ value: status, label: word(status) })), ...extra]}
    />
  )
}

export function TypeFilter({
  kind,
  value,
  onChange,
}: {
  kind: Kind
  value: readonly string[] | undefined
  onChange: (value: string[]) => void
}) {
  const { t } = useConsole()
  const label = useLabel()
  const types = useAsk(listTypes, {})
  const known = types.data?.[kind] ?? []
  const missing = (value ?? []).filter((type) => !known.some((each) => each.type === type))
  const name = t('filter.type')
  return (
    <MultiSelect
      label={name}
      placeholder={value?.length ? '' : t('filter.any')}
      searchable
      nothingFoundMessage={t('filter.nothingFound')}
      data={[
        ...known.map((each) => ({ value: each.type, label: label(each) })),
        ...missing.map((type) => ({ value: type, label: type })),
      ]}
      value={[...(value ?? [])]}
      onChange={onChange}
      {...clearable(t('filter.clearOne', { filter: name }))}
    />
  )
}

/** One of those that the application names; where it names none, whatever is typed. */
export function EntityTypeFilter({
  value,
  onChange,
}: {
  value: string | undefined
  onChange: (value: string | undefined) => void
}) {
  const { t } = useConsole()
  const label = useLabel()
  const types = useAsk(listTypes, {})
  const known = types.data?.entity ?? []
  const name = t('filter.entityType')
  if (known.length === 0) return <TextFilter label={name} value={value} onChange={onChange} />
  const options = known.map((each) => ({ value: each.type, label: label(each) }))
  if (value && !known.some(({ type }) => type === value)) options.push({ value, label: value })
  return (
    <Select
      label={name}
      placeholder={t('filter.any')}
      searchable
      nothingFoundMessage={t('filter.nothingFound')}
      data={options.sort((a, b) => a.label.localeCompare(b.label))}
      value={value ?? null}
      onChange={(chosen) => onChange(chosen ?? undefined)}
      {...clearable(t('filter.clearOne', { filter: name }))}
    />
  )
}

export function TenantFilter({
  value,
  onChange,
}: {
  value: string | undefined
  onChange: (value: string | undefined) => void
}) {
  const { t } = useConsole()
  const [typed, setTyped] = useState('')
  const [search] = useDebouncedValue(typed, 250)
  const found = useAsk(listTenants, search ? { search } : {}, { keepPrevious: true })
  const name = useTenantName(value)
  const options = (found.data?.items ?? []).map((each) => ({ value: each.id, label: each.name ?? each.id }))
  if (value && !options.some((option) => option.value === value)) options.push({ value, label: name ?? value })
  const label = t('filter.tenant')
  return (
    <Select
      label={label}
      placeholder={t('filter.any')}
      searchable
      nothingFoundMessage={t('filter.nothingFound')}
      data={options}
      // The server searches.
      filter={({ options: all }) => all}
      value={value ?? null}
      onChange={(chosen) => onChange(chosen ?? undefined)}
      onSearchChange={(text) => setTyped(text === name ? '' : text)}
      {...clearable(t('filter.clearOne', { filter: label }))}
    />
  )
}

export function useTenantName(id: string | undefined): string | undefined {
  const all = useAsk(listTenants, {}, { enabled: id !== undefined })
  const named = useAsk(listTenants, { search: id ?? '' }, { enabled: id !== undefined && all.data?.more === true })
  const found = [...(all.data?.items ?? []), ...(named.data?.items ?? [])].find((each) => each.id === id)
  return found?.name ?? undefined
}

export const RANGES = ['-15m', '-1h', '-6h', '-24h', '-7d', '-30d'] as const

const isRelative = (from: string | undefined): from is (typeof RANGES)[number] =>
  (RANGES as readonly (string | undefined)[]).includes(from)

/** Relative ranges stay relative in a shared link; `own` opens two fields. */
export function RangeFilter({
  from,
  to,
  onChange,
}: {
  from: string | undefined
  to: string | undefined
  onChange: (range: { from: string | undefined; to: string | undefined }) => void
}) {
  const { t } = useConsole()
  const own = to !== undefined || (from !== undefined && !isRelative(from))
  const [open, setOpen] = useState(own)
  const value = own || open ? 'own' : (from ?? '')
  return (
    <>
      <Select
        label={t('filter.range')}
        allowDeselect={false}
        data={[
          { value: '', label: t('range.any') },
          ...RANGES.map((range) => ({ value: range, label: t(`range.${range}`) })),
          { value: 'own', label: t('range.own') },
        ]}
        value={value}
        onChange={(chosen) => {
          setOpen(chosen === 'own')
          if (chosen !== 'own') onChange({ from: chosen || undefined, to: undefined })
        }}
      />
      {(own || open) && (
        <>
          <MomentField label={t('range.from')} value={from} onChange={(moment) => onChange({ from: moment, to })} />
          <MomentField label={t('range.to')} value={to} onChange={(moment) => onChange({ from, to: moment })} />
        </>
      )}
    </>
  )
}

/** The browser's own field, in the browser's own zone: `YYYY-MM-DDTHH:mm`. */
const toField = (instant: string | undefined) => {
  if (!instant || instant.startsWith('-')) return ''
  const at = new Date(instant)
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

/** Changes the filter with a whole moment, or with none: one that is being typed, or does not exist, stays and is said. */
function MomentField({
  label,
  value,
  onChange,
}: {
  label: string
  value: string | undefined
  onChange: (moment: string | undefined) => void
}) {
  const { t } = useConsole()
  const input = useRef<HTMLInputElement>(null)
  const [wrong, setWrong] = useState(false)
  // The field keeps its own text: setting its value would wipe out the parts that are there already.
  useEffect(() => {
    const field = input.current
    if (!field || field.validity.badInput || field.value === toField(value)) return
    field.value = toField(value)
  }, [value])
  return (
    <TextInput
      ref={input}
      label={label}
      type="datetime-local"
      defaultValue={toField(value)}
      error={wrong && t('range.invalid')}
      onBlur={(event) => setWrong(event.currentTarget.validity.badInput)}
      onChange={({ currentTarget: { value: text, validity } }) => {
        if (validity.badInput) return
        setWrong(false)
        onChange(text === '' ? undefined : new Date(text).toISOString())
      }}
    />
  )
}

export function TextFilter({
  label,
  value,
  onChange,
  placeholder,
}: {
  label: string
  value: string | undefined
  onChange: (value: string | undefined) => void
  placeholder?: string
}) {
  const [text, setText] = useState(value ?? '')
  useEffect(() => setText(value ?? ''), [value])
  const apply = () => {
    if (text.trim() !== (value ?? '')) onChange(text.trim() || undefined)
  }
  return (
    <TextInput
      label={label}
      value={text}
      {...(placeholder ? { placeholder } : {})}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={apply}
      onKeyDown={(event) => event.key === 'Enter' && apply()}
    />
  )
}

/** A choice among more than a list can hold: what is typed is searched for on the server. */
import { Select, type SelectProps } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useState } from 'react'
import type { Endpoint, RequestOf, ResponseOf } from '../http/endpoint.ts'
import { useApi } from './api.tsx'

const SEARCH_AFTER_MS = 250
const FOUND_MAX = 20

export type Choice = { value: string; label: string }

export function SearchSelect<E extends Endpoint>({
  endpoint,
  choicesOf,
  choice,
  onChoice,
  ...input
}: Omit<SelectProps, 'data' | 'value' | 'onChange' | 'searchable'> & {
  /** Takes `search` and `limit`. */
  endpoint: E
  choicesOf: (answer: ResponseOf<E>) => Choice[]
  choice: Choice | undefined
  onChoice: (choice: Choice | undefined) => void
}) {
  const [typed, setTyped] = useState('')
  const [search] = useDebouncedValue(typed.trim().slice(0, 100), SEARCH_AFTER_MS)
  // What was chosen is not searched for.
  const asked = choice && search === choice.label ? '' : search
  const found = useApi(endpoint, { limit: FOUND_MAX, ...(asked ? { search: asked } : {}) } as unknown as RequestOf<E>, {
    keepPrevious: true,
  })
  const choices = found.data === undefined ? [] : choicesOf(found.data)
  return (
    <Select
      searchable
      openOnFocus={false}
      filter={({ options }) => options}
      {...input}
      data={choice && !choices.some(({ value }) => value === choice.value) ? [choice, ...choices] : choices}
      searchValue={typed}
      onSearchChange={setTyped}
      value={choice?.value ?? null}
      onChange={(_, option) => onChoice(option ? { value: option.value, label: option.label } : undefined)}
    />
  )
}

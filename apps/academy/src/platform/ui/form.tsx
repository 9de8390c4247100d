/** Forms whose rules are the server's: its answer is shown at the fields and in a summary, and focus goes where the mistake is. */
import { Alert, Anchor, List, Text } from '@mantine/core'
import { IconAlertCircle } from '@tabler/icons-react'
import { type RefObject, useEffect, useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { ApiProblem } from '../http/client.ts'
import type { FieldError } from '../http/endpoint.ts'
import { useProblemText } from './api.tsx'
import type { Theirs } from './edited.ts'

export interface Problems {
  /** Error text of a field, for the `error` of its input. */
  of: (field: string) => string | undefined
  /** Error text of a list that has one input: what is wrong with each of its items, or with the list. */
  ofList: (field: string) => string | undefined
  list: readonly FieldError[]
  labels: Record<string, string>
  problem: ApiProblem | null
}

/** What has not been chosen yet is not sent: the server then says that it is required, and not that it is of a wrong type. */
export const chosen = <Value,>(value: Value | '' | null) => (value === '' ? undefined : (value ?? undefined)) as Value

/** `courses.1` is the second item of `courses`, which may have an input of its own or share that of the list. */
const listOf = (field: string) => field.replace(/\.[^.]*$/, '')

const focusField = (form: HTMLElement, field: string): boolean => {
  const named = form.querySelector<HTMLElement>(`[data-field="${CSS.escape(field)}"]`)
  if (!named && listOf(field) !== field) return focusField(form, listOf(field))
  const input = named?.matches('input, textarea, select, button')
    ? named
    : named?.querySelector<HTMLElement>('input:checked, input, textarea, select, button')
  input?.focus()
  return input !== undefined && input !== null
}

/**
 * Problems by field, and the focus on the first of them each time the server refuses. `labels` names the fields in the order
 * in which the form shows them.
 */
export function useProblems(
  problem: ApiProblem | null,
  form: RefObject<HTMLElement | null>,
  labels: Record<string, string>,
): Problems {
  const order = Object.keys(labels).join(' ')
  const list = useMemo(() => {
    const place = order.split(' ')
    return [...(problem?.errors ?? [])].sort((a, b) => place.indexOf(a.field) - place.indexOf(b.field))
  }, [problem, order])
  const shown = useRef<ApiProblem | null>(null)
  useEffect(() => {
    if (problem === shown.current || !form.current) return
    shown.current = problem
    if (!problem) return
    const placed = list.some(({ field }) => form.current !== null && focusField(form.current, field))
    if (!placed) form.current.querySelector<HTMLElement>('[data-problem-summary]')?.focus()
  }, [problem, list, form])
  const of = (field: string) => list.find((error) => error.field === field)?.message
  const ofItems = (field: string) =>
    list
      .filter((error) => listOf(error.field) === field && error.field !== field)
      .map((error) => `${labels[error.field] ?? error.field}: ${error.message}`)
      .join(' ')
  return { problem, list, labels, of, ofList: (field) => of(field) ?? (ofItems(field) || undefined) }
}

/** A long form can have more wrong with it than a summary should say: the fields say it all. */
const LISTED_MAX = 8

/**
 * @param title what did not happen, where the list is not one of fields.
 * @param theirs what somebody else has changed, once it has been read again.
 */
export function ProblemSummary({
  problems: { problem, list, labels },
  form,
  title,
  theirs,
}: {
  problems: Problems
  form: RefObject<HTMLElement | null>
  title?: string
  theirs?: readonly Theirs[] | undefined
}) {
  const { t } = useTranslation()
  const text = useProblemText()
  if (!problem) return null
  return (
    <Alert
      role="alert"
      tabIndex={-1}
      data-problem-summary
      color="red"
      variant="light"
      bg="var(--tone-bad-soft)"
      icon={<IconAlertCircle aria-hidden />}
      title={list.length > 0 ? (title ?? t('form.problems', { count: list.length })) : text(problem)}
    >
      {theirs && <TheirChanges theirs={theirs} labels={labels} />}
      {list.length > 0 && (
        <List spacing={4} size="sm">
          {list.slice(0, LISTED_MAX).map(({ field, code, message }) => (
            <List.Item key={`${field} ${code}`}>
              <Anchor
                component="button"
                type="button"
                ta="left"
                fz="sm"
                onClick={() => form.current && focusField(form.current, field)}
              >
                {labels[field] ?? field}
              </Anchor>
              {': '}
              {message}
            </List.Item>
          ))}
          {list.length > LISTED_MAX && <List.Item>{t('form.more', { count: list.length - LISTED_MAX })}</List.Item>}
        </List>
      )}
    </Alert>
  )
}

function TheirChanges({ theirs, labels }: { theirs: readonly Theirs[]; labels: Record<string, string> }) {
  const { t } = useTranslation()
  if (theirs.length === 0) return <Text size="sm">{t('form.theirsNothing')}</Text>
  return (
    <>
      <List spacing={4} size="sm">
        {theirs.map(({ field, now, isKept }) => (
          <List.Item key={field}>
            {t(isKept ? 'form.theirsKept' : 'form.theirsNow', { field: labels[field] ?? field, now: now || '–' })}
          </List.Item>
        ))}
      </List>
      <Text size="sm" mt="xs">
        {t('form.theirsHint')}
      </Text>
    </>
  )
}

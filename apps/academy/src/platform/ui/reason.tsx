/** The reason of a change to somebody's account: a field for it, and the reasons of earlier changes. */
import { useFailure, useTakesLong } from '@cascata/console/page-kit'
import { Alert, Button, Group, List, Text, Textarea } from '@mantine/core'
import { IconAlertTriangle, IconRefresh } from '@tabler/icons-react'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import type { ApiProblem } from '../http/client.ts'
import { isAway, useAwayText } from './api.tsx'
import { useFormat } from './session.tsx'

const REASON_LENGTH_MAX = 500

export function ReasonField({
  label,
  value,
  onChange,
  error,
  autoFocus = false,
}: {
  label: string
  value: string
  onChange: (reason: string) => void
  error: string | undefined
  autoFocus?: boolean
}) {
  const { t } = useTranslation()
  return (
    <Textarea
      label={label}
      description={t('reason.hint')}
      data-field="reason"
      {...(autoFocus ? { 'data-autofocus': true } : {})}
      required
      autosize
      minRows={2}
      maxLength={REASON_LENGTH_MAX}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      error={error}
    />
  )
}

export type EarlierChange = { id: string; at: string; by: string; reason: string }

/** The question for changes before, as `useApi` answers it. */
export type Earlier = {
  query: { data: unknown; error: ApiProblem | null; errorUpdatedAt: number; refetch: () => unknown }
  /** The newest first; undefined until the question is answered. */
  changes: readonly EarlierChange[] | undefined
}

/** Nothing is shown where the answer is that there are none; a question without an answer says so. */
export function EarlierChanges({ title, earlier: { query, changes } }: { title: string; earlier: Earlier }) {
  const { dateTime } = useFormat()
  const { t } = useTranslation()
  const titleId = useId()
  const { problem, retry } = useFailure(query)
  if (!problem && !changes) return <EarlierLoading />
  if (!problem && changes?.length === 0) return null
  return (
    <section aria-labelledby={titleId}>
      <Text size="sm" fw={600} id={titleId}>
        {title}
      </Text>
      {problem && <EarlierFailed problem={problem} isOld={changes !== undefined} retry={retry} />}
      {changes && changes.length > 0 && (
        <List size="sm" mt={4}>
          {changes.map(({ id, at, by, reason }) => (
            <List.Item key={id}>
              {t('reason.changed', { at: dateTime(at), by })}
              <Text size="sm" c="dimmed">
                {reason}
              </Text>
            </List.Item>
          ))}
        </List>
      )}
    </section>
  )
}

function EarlierLoading() {
  const { t } = useTranslation()
  const visible = useTakesLong()
  return (
    <Text size="sm" c="dimmed" role="status">
      {visible && t('state.loading')}
    </Text>
  )
}

function EarlierFailed({ problem, isOld, retry }: { problem: ApiProblem; isOld: boolean; retry: () => void }) {
  const { t } = useTranslation()
  const text = useAwayText()
  return (
    <Alert color="orange" variant="light" mt={4} icon={<IconAlertTriangle aria-hidden />}>
      <Group justify="space-between" gap="xs">
        <Text size="sm">
          {isOld ? t('state.stale') : `${t('state.failed')}.`} {text(problem)}
          {problem.requestId && !isAway(problem) && ` ${t('state.requestId', { id: problem.requestId })}`}
        </Text>
        <Button size="compact-sm" variant="default" leftSection={<IconRefresh size={14} aria-hidden />} onClick={retry}>
          {t('state.retry')}
        </Button>
      </Group>
    </Alert>
  )
}

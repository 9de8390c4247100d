/** Why staff change somebody's account: asked for, and shown of the changes before. */
import { List, Text, Textarea } from '@mantine/core'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
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

/** @param changes the newest first; nothing is shown where there are none. */
export function EarlierChanges({ title, changes }: { title: string; changes: readonly EarlierChange[] }) {
  const { t } = useTranslation()
  const { dateTime } = useFormat()
  const titleId = useId()
  if (changes.length === 0) return null
  return (
    <section aria-labelledby={titleId}>
      <Text size="sm" fw={600} id={titleId}>
        {title}
      </Text>
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
    </section>
  )
}

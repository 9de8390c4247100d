/** A form in a dialog: what the server refuses above the fields, and below them the way out and the way on. */
import { Button, Group, Stack } from '@mantine/core'
import { type FormEvent, type ReactNode, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { ApiProblem } from '../http/client.ts'
import type { Theirs } from './edited.ts'
import { ProblemSummary, type Problems, useProblems } from './form.tsx'

export function DialogForm({
  send,
  labels,
  theirs,
  submitLabel,
  onSubmit,
  onClose,
  children,
}: {
  /** The change that `onSubmit` asks for: while it is under way the form is not sent again. */
  send: { error: ApiProblem | null; isPending: boolean }
  /** Names of the fields, in the order in which the form shows them. */
  labels: Record<string, string>
  theirs?: readonly Theirs[] | undefined
  submitLabel: string
  onSubmit: () => void
  onClose: () => void
  children: (problems: Problems) => ReactNode
}) {
  const { t } = useTranslation()
  const form = useRef<HTMLFormElement>(null)
  const problems = useProblems(send.error, form, labels)
  // A form that waited for its choices comes after the dialog has looked for where to begin.
  useEffect(() => form.current?.querySelector<HTMLElement>('[data-autofocus]')?.focus(), [])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!send.isPending) onSubmit()
  }
  return (
    <form ref={form} onSubmit={submit} noValidate>
      <Stack>
        <ProblemSummary problems={problems} form={form} theirs={theirs} />
        {children(problems)}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('form.cancel')}
          </Button>
          <Button type="submit" loading={send.isPending}>
            {submitLabel}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** Two-step verification of somebody else, for staff: that it is on, and turning it off for an owner who lost app and codes. */
import { Alert, List, Menu, Text } from '@mantine/core'
import { IconShieldCheckFilled, IconShieldOff } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { z } from 'zod'
import type { Endpoint, Path } from '../http/endpoint.ts'
import { useApi, useSend } from './api.tsx'
import { DialogForm } from './dialog-form.tsx'
import { type EarlierChange, EarlierChanges, ReasonField } from './reason.tsx'
import { toast } from './toast.tsx'
import { ToneWord } from './tone.tsx'

type Person = { id: string; name: string; email: string; hasAuthenticator: boolean }

/** The mark is left out where verification is off. */
export function TwoStepsMark({ person: { hasAuthenticator } }: { person: Pick<Person, 'hasAuthenticator'> }) {
  const { t } = useTranslation()
  if (!hasAuthenticator) return null
  return (
    <Text size="sm" component="div" c="dimmed">
      <ToneWord tone="quiet" icon={IconShieldCheckFilled}>
        {t('turnOff.mark')}
      </ToneWord>
    </Text>
  )
}

/** An item of a row's menu. */
export function TurnOffTwoStepsItem({ onChoose }: { onChoose: () => void }) {
  const { t } = useTranslation()
  return (
    <Menu.Item leftSection={<IconShieldOff size={16} aria-hidden />} onClick={onChoose}>
      {t('turnOff.action')}
    </Menu.Item>
  )
}

type Field = z.ZodType<string, string>
type OfPerson = z.ZodObject<{ userId: Field }>
type Nothing = z.ZodObject<Record<never, never>>
export type TurnOff = Endpoint<Path, OfPerson, Nothing, z.ZodObject<{ reason: Field }>>
export type ListTurnedOff = Endpoint<Path, OfPerson, Nothing, Nothing, z.ZodType<{ earlier: EarlierChange[] }>>

/**
 * The dialog about one person of a list. The endpoints belong to a module, which a page of any list may name.
 *
 * @param list is asked again once verification is off.
 */
export function TurnOffTwoSteps({
  person,
  turnOff,
  listTurnedOff,
  list,
  onClose,
}: {
  person: Person
  turnOff: TurnOff
  listTurnedOff: ListTurnedOff
  list: Endpoint
  onClose: () => void
}) {
  const { t } = useTranslation()
  const { id, name, email } = person
  const earlier = useApi(listTurnedOff, { userId: id })
  const send = useSend(turnOff, {
    refresh: [list, listTurnedOff],
    onSuccess: () => {
      toast('good', t('turnOff.done', { name }), t('turnOff.doneHint', { email }))
      onClose()
    },
  })
  const [reason, setReason] = useState('')
  const labels = { reason: t('reason.label') }
  return (
    <DialogForm
      send={send}
      labels={labels}
      submitLabel={t('turnOff.submit')}
      onSubmit={() => send.mutate({ userId: id, reason })}
      onClose={onClose}
    >
      {(problems) => (
        <>
          <Text size="sm">{t('turnOff.lead', { name })}</Text>
          <Alert color="water" variant="light" bg="var(--accent-soft)" icon={<IconShieldOff aria-hidden />}>
            <List size="sm" spacing={4} ps="md">
              <List.Item>{t('turnOff.sessions')}</List.Item>
              <List.Item>{t('turnOff.password')}</List.Item>
              <List.Item>{t('turnOff.told', { email })}</List.Item>
            </List>
          </Alert>
          <ReasonField
            label={labels.reason}
            autoFocus
            value={reason}
            onChange={setReason}
            error={problems.of('reason')}
          />
          <EarlierChanges title={t('turnOff.before')} earlier={{ query: earlier, changes: earlier.data?.earlier }} />
        </>
      )}
    </DialogForm>
  )
}

/** Two-step verification of somebody else, for staff: that it is on, and turning it off for an owner who lost app and codes. */
import { Alert, List, Menu, Text } from '@mantine/core'
import { IconShieldCheck, IconShieldOff } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ApiProblem } from '../http/client.ts'
import { DialogForm } from './dialog-form.tsx'
import { type EarlierChange, EarlierChanges, ReasonField } from './reason.tsx'
import { toast } from './toast.tsx'
import { ToneWord } from './tone.tsx'

type Person = { name: string; email: string; hasAuthenticator: boolean }

/** Nothing where it is off. */
export function TwoStepsMark({ person: { hasAuthenticator } }: { person: Pick<Person, 'hasAuthenticator'> }) {
  const { t } = useTranslation()
  if (!hasAuthenticator) return null
  return (
    <Text size="sm" component="div" c="dimmed">
      <ToneWord tone="quiet" icon={IconShieldCheck}>
        {t('turnOff.mark')}
      </ToneWord>
    </Text>
  )
}

/** Of a row's menu; nothing where it is off. */
export function TurnOffTwoStepsItem({
  person: { hasAuthenticator },
  onChoose,
}: {
  person: Pick<Person, 'hasAuthenticator'>
  onChoose: () => void
}) {
  const { t } = useTranslation()
  if (!hasAuthenticator) return null
  return (
    <Menu.Item leftSection={<IconShieldOff size={16} aria-hidden />} onClick={onChoose}>
      {t('turnOff.action')}
    </Menu.Item>
  )
}

export function TurnOffTwoStepsForm({
  person: { name, email },
  withdrawals,
  send,
  onSubmit,
  onClose,
}: {
  person: Person
  /** The newest first. */
  withdrawals: readonly EarlierChange[]
  send: { error: ApiProblem | null; isPending: boolean }
  onSubmit: (reason: string) => void
  onClose: () => void
}) {
  const { t } = useTranslation()
  const [reason, setReason] = useState('')
  const labels = { reason: t('reason.label') }
  return (
    <DialogForm
      send={send}
      labels={labels}
      submitLabel={t('turnOff.submit')}
      onSubmit={() => onSubmit(reason)}
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
          <EarlierChanges title={t('turnOff.before')} changes={withdrawals} />
        </>
      )}
    </DialogForm>
  )
}

/** Says what the server has done. */
export function useTurnedOffToast() {
  const { t } = useTranslation()
  return ({ name, email }: Person) => toast('good', t('turnOff.done', { name }), t('turnOff.doneHint', { email }))
}

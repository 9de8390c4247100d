/** Correcting the e-mail address of somebody: the dialog says what ends, what will be sent, and what was corrected before. */
import { Alert, Button, Group, Menu, Text } from '@mantine/core'
import { IconAlertTriangle, IconMailForward, IconPencil } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ApiProblem } from '../http/client.ts'
import { DialogForm } from './dialog-form.tsx'
import { EmailField } from './person-fields.tsx'
import { type Earlier, EarlierChanges, ReasonField } from './reason.tsx'
import { toast } from './toast.tsx'
import { ToneWord } from './tone.tsx'

type Addressed = { id: string; name: string; email: string; failedEmails: number }

/** E-mails that did not arrive, with the button that corrects the address; nothing is shown where all arrived. */
export function FailedEmails({
  person: { name, failedEmails },
  onCorrect,
}: {
  person: Pick<Addressed, 'name' | 'failedEmails'>
  onCorrect: () => void
}) {
  const { t } = useTranslation()
  if (failedEmails === 0) return null
  return (
    <Group gap="xs" mt={4} align="baseline">
      <Text size="sm" component="div">
        <ToneWord tone="bad" icon={IconAlertTriangle}>
          {t('correct.failed', { count: failedEmails })}
        </ToneWord>
      </Text>
      <Button
        size="compact-sm"
        variant="light"
        leftSection={<IconPencil size={14} aria-hidden />}
        aria-label={t('correct.actionOf', { name })}
        onClick={onCorrect}
      >
        {t('correct.action')}
      </Button>
    </Group>
  )
}

/** An item of a row's menu. */
export function CorrectAddressItem({ onChoose }: { onChoose: () => void }) {
  const { t } = useTranslation()
  return (
    <Menu.Item leftSection={<IconPencil size={16} aria-hidden />} onClick={onChoose}>
      {t('correct.action')}
    </Menu.Item>
  )
}

export function CorrectAddressForm({
  person,
  corrections,
  send,
  onSubmit,
  onClose,
}: {
  person: Addressed
  corrections: Earlier
  send: { error: ApiProblem | null; isPending: boolean }
  onSubmit: (correction: { email: string; reason: string }) => void
  onClose: () => void
}) {
  const { t } = useTranslation()
  const [email, setEmail] = useState(person.email)
  const [reason, setReason] = useState('')
  const labels = { email: t('correct.email'), reason: t('reason.label') }
  const same = email.trim().toLowerCase() === person.email
  return (
    <DialogForm
      send={send}
      labels={labels}
      submitLabel={person.failedEmails > 0 ? t('correct.submitAndSend') : t('correct.submit')}
      onSubmit={() => onSubmit({ email, reason })}
      onClose={onClose}
    >
      {(problems) => (
        <>
          <EmailField
            label={labels.email}
            description={t('correct.now', { email: person.email })}
            data-autofocus
            value={email}
            onChange={setEmail}
            error={problems.of('email')}
          />
          <ReasonField label={labels.reason} value={reason} onChange={setReason} error={problems.of('reason')} />
          <Alert color="water" variant="light" bg="var(--accent-soft)" icon={<IconMailForward aria-hidden />}>
            <Text size="sm">{same ? t('correct.same') : t('correct.ends')}</Text>
            {person.failedEmails > 0 && (
              <Text size="sm" mt={4}>
                {t(same ? 'correct.willSendSame' : 'correct.willSend', { count: person.failedEmails })}
              </Text>
            )}
          </Alert>
          <EarlierChanges title={t('correct.before')} earlier={corrections} />
        </>
      )}
    </DialogForm>
  )
}

/** The toast says what the server has done. */
export function useCorrectedToast() {
  const { t } = useTranslation()
  return ({ name }: { name: string }, { corrected, sentAgain }: { corrected: boolean; sentAgain: number }) => {
    const again = sentAgain > 0 ? t('correct.sentAgain', { count: sentAgain }) : undefined
    if (corrected) toast('good', t('correct.done', { name }), [t('correct.linkSent'), again].filter(Boolean).join(' '))
    else toast('good', t('correct.unchanged', { name }), again ?? t('correct.nothingToSend'))
  }
}

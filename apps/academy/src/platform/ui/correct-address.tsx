/** Correcting the e-mail address of somebody: says beforehand what ends and what will be sent, and what was corrected before. */
import { Alert, List, Modal, Text, Textarea } from '@mantine/core'
import { IconMailForward } from '@tabler/icons-react'
import { type ReactNode, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ApiProblem } from '../http/client.ts'
import { DialogForm } from './dialog-form.tsx'
import { EmailField } from './person-fields.tsx'
import { useFormat } from './session.tsx'
import { toast } from './toast.tsx'

type Addressed = { id: string; name: string; email: string; failedEmails: number }
type Correction = { id: string; at: string; by: string; reason: string }

const REASON_LENGTH_MAX = 500

export function CorrectAddressDialog<Person extends Addressed>({
  person,
  onClose,
  children,
}: {
  person: Person | undefined
  onClose: () => void
  children: (person: Person) => ReactNode
}) {
  const { t } = useTranslation()
  // While the dialog fades out it still shows whom it was about.
  const last = useRef(person)
  if (person) last.current = person
  const shown = person ?? last.current
  return (
    <Modal
      opened={person !== undefined}
      onClose={onClose}
      title={shown && t('correct.title', { name: shown.name })}
      closeButtonProps={{ 'aria-label': t('form.close') }}
      size="lg"
    >
      {shown && children(shown)}
    </Modal>
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
  /** The newest first. */
  corrections: readonly Correction[]
  send: { error: ApiProblem | null; isPending: boolean }
  onSubmit: (correction: { email: string; reason: string }) => void
  onClose: () => void
}) {
  const { t } = useTranslation()
  const { dateTime } = useFormat()
  const [email, setEmail] = useState(person.email)
  const [reason, setReason] = useState('')
  const labels = { email: t('correct.email'), reason: t('correct.reason') }
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
          <Textarea
            label={labels.reason}
            description={t('correct.reasonHint')}
            data-field="reason"
            required
            autosize
            minRows={2}
            maxLength={REASON_LENGTH_MAX}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            error={problems.of('reason')}
          />
          <Alert color="water" variant="light" bg="var(--accent-soft)" icon={<IconMailForward aria-hidden />}>
            <Text size="sm">{same ? t('correct.same') : t('correct.ends')}</Text>
            {person.failedEmails > 0 && (
              <Text size="sm" mt={4}>
                {t('correct.willSend', { count: person.failedEmails })}
              </Text>
            )}
          </Alert>
          {corrections.length > 0 && (
            <section aria-labelledby="corrected-before">
              <Text size="sm" fw={600} id="corrected-before">
                {t('correct.before')}
              </Text>
              <List size="sm" mt={4}>
                {corrections.map(({ id, at, by, reason: why }) => (
                  <List.Item key={id}>
                    {t('correct.beforeItem', { at: dateTime(at), by })}
                    <Text size="sm" c="dimmed">
                      {why}
                    </Text>
                  </List.Item>
                ))}
              </List>
            </section>
          )}
        </>
      )}
    </DialogForm>
  )
}

/** Says what the server has done. */
export function useCorrectedToast() {
  const { t } = useTranslation()
  return ({ name }: { name: string }, { corrected, sentAgain }: { corrected: boolean; sentAgain: number }) => {
    const again = sentAgain > 0 ? t('correct.sentAgain', { count: sentAgain }) : undefined
    if (corrected) toast('good', t('correct.done', { name }), [t('correct.linkSent'), again].filter(Boolean).join(' '))
    else toast('good', t('correct.unchanged', { name }), again ?? t('correct.nothingToSend'))
  }
}

/** Correcting a student's e-mail address: says beforehand what will be sent again, and afterwards what is. */
import { Alert, Button, Group, Modal, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { IconMailForward } from '@tabler/icons-react'
import { type FormEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ResponseOf } from '../../../platform/http/endpoint.ts'
import { useSend } from '../../../platform/ui/api.tsx'
import { ProblemSummary, useProblems } from '../../../platform/ui/form.tsx'
import { toast } from '../../../platform/ui/toast.tsx'
import { contract as listStudents } from '../list-students/list-students.contract.ts'
import { contract } from './correct-address.contract.ts'

type Student = ResponseOf<typeof listStudents>['students'][number]

const REASON_LENGTH_MAX = 500

export function CorrectAddress({ student, onClose }: { student: Student | undefined; onClose: () => void }) {
  const { t } = useTranslation()
  // While the dialog fades out it still shows whom it was about.
  const last = useRef(student)
  if (student) last.current = student
  const shown = student ?? last.current
  return (
    <Modal
      opened={student !== undefined}
      onClose={onClose}
      title={shown && t('correct.title', { name: shown.name })}
      closeButtonProps={{ 'aria-label': t('form.close') }}
      size="lg"
    >
      {shown && <AddressForm key={shown.id} student={shown} onClose={onClose} />}
    </Modal>
  )
}

function AddressForm({ student, onClose }: { student: Student; onClose: () => void }) {
  const { t } = useTranslation()
  const form = useRef<HTMLFormElement>(null)
  const [email, setEmail] = useState(student.email)
  const [reason, setReason] = useState('')
  const send = useSend(contract, {
    refresh: [listStudents],
    onSuccess: ({ sentAgain }) => {
      toast(
        'good',
        t('correct.done', { name: student.name }),
        sentAgain > 0 ? t('correct.sentAgain', { count: sentAgain }) : t('correct.nothingToSend'),
      )
      onClose()
    },
  })
  const labels = { email: t('correct.email'), reason: t('correct.reason') }
  const problems = useProblems(send.error, form, labels)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!send.isPending) send.mutate({ studentId: student.id, email, reason })
  }
  return (
    <form ref={form} onSubmit={submit} noValidate>
      <Stack>
        <ProblemSummary problems={problems} form={form} />
        <TextInput
          label={labels.email}
          description={t('correct.now', { email: student.email })}
          type="email"
          data-field="email"
          data-autofocus
          required
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={254}
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
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
          {student.failedEmails > 0 ? (
            <Text size="sm">{t('correct.willSend', { count: student.failedEmails })}</Text>
          ) : (
            <Text size="sm">{t('correct.willSendNothing')}</Text>
          )}
        </Alert>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('form.cancel')}
          </Button>
          <Button type="submit" loading={send.isPending}>
            {student.failedEmails > 0 ? t('correct.submitAndSend') : t('correct.submit')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** Correcting a student's e-mail address: says beforehand what will be sent again, and afterwards what is. */
import { Alert, Modal, Text, Textarea } from '@mantine/core'
import { IconMailForward } from '@tabler/icons-react'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ResponseOf } from '../../../platform/http/endpoint.ts'
import { useSend } from '../../../platform/ui/api.tsx'
import { DialogForm } from '../../../platform/ui/dialog-form.tsx'
import { EmailField } from '../../../platform/ui/person-fields.tsx'
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
  return (
    <DialogForm
      send={send}
      labels={labels}
      submitLabel={student.failedEmails > 0 ? t('correct.submitAndSend') : t('correct.submit')}
      onSubmit={() => send.mutate({ studentId: student.id, email, reason })}
      onClose={onClose}
    >
      {(problems) => (
        <>
          <EmailField
            label={labels.email}
            description={t('correct.now', { email: student.email })}
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
            {student.failedEmails > 0 ? (
              <Text size="sm">{t('correct.willSend', { count: student.failedEmails })}</Text>
            ) : (
              <Text size="sm">{t('correct.willSendNothing')}</Text>
            )}
          </Alert>
        </>
      )}
    </DialogForm>
  )
}

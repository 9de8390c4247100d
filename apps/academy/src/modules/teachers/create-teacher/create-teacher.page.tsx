/** A new teacher, who is invited by e-mail. */
import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSend } from '../../../platform/ui/api.tsx'
import { DialogForm } from '../../../platform/ui/dialog-form.tsx'
import { toast } from '../../../platform/ui/toast.tsx'
import { contract as readInsights } from '../../insights/read-insights/read-insights.contract.ts'
import { contract as listTeachers } from '../list-teachers/list-teachers.contract.ts'
import { contract } from './create-teacher.contract.ts'

const NAME_LENGTH_MAX = 100
const EMAIL_LENGTH_MAX = 254

export function CreateTeacher({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const [name, setName] = useState('')
  const [email, setEmail] = useState('')
  const send = useSend(contract, {
    refresh: [listTeachers, readInsights],
    onSuccess: (teacher) => {
      toast('good', t('teachers.created', { name: teacher.name }), t('teachers.createdHint', { email: teacher.email }))
      onClose()
    },
  })
  return (
    <DialogForm
      send={send}
      labels={{ name: t('teachers.name'), email: t('teachers.email') }}
      submitLabel={t('teachers.submit')}
      onSubmit={() => send.mutate({ name, email })}
      onClose={onClose}
    >
      {({ of, labels }) => (
        <>
          <TextInput
            label={labels['name']}
            data-field="name"
            data-autofocus
            required
            autoComplete="off"
            maxLength={NAME_LENGTH_MAX}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={of('name')}
          />
          <TextInput
            label={labels['email']}
            description={t('teachers.emailHint')}
            data-field="email"
            type="email"
            required
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            maxLength={EMAIL_LENGTH_MAX}
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
            error={of('email')}
          />
        </>
      )}
    </DialogForm>
  )
}

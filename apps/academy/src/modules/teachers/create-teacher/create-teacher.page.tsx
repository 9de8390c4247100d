/** A new teacher, who is invited by e-mail. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSend } from '../../../platform/ui/api.tsx'
import { DialogForm } from '../../../platform/ui/dialog-form.tsx'
import { EmailField, NameField } from '../../../platform/ui/person-fields.tsx'
import { toast } from '../../../platform/ui/toast.tsx'
import { contract as readInsights } from '../../insights/read-insights/read-insights.contract.ts'
import { contract as listTeachers } from '../list-teachers/list-teachers.contract.ts'
import { contract } from './create-teacher.contract.ts'

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
          <NameField label={labels['name']} data-autofocus value={name} onChange={setName} error={of('name')} />
          <EmailField
            label={labels['email']}
            description={t('teachers.emailHint')}
            value={email}
            onChange={setEmail}
            error={of('email')}
          />
        </>
      )}
    </DialogForm>
  )
}

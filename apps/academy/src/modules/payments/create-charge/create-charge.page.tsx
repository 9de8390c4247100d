/** Asking a student to pay. */
import { NumberInput, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSend } from '../../../platform/ui/api.tsx'
import { DialogForm } from '../../../platform/ui/dialog-form.tsx'
import { chosen } from '../../../platform/ui/form.tsx'
import { usePreferredLanguage } from '../../../platform/ui/preferences.tsx'
import { type Choice, SearchSelect } from '../../../platform/ui/search-select.tsx'
import { toast } from '../../../platform/ui/toast.tsx'
import { contract as listStudents } from '../../students/list-students/list-students.contract.ts'
import { AMOUNT_CENTS_MAX, DESCRIPTION_LENGTH_MAX } from '../charge.fields.ts'
import { contract as listCharges } from '../list-charges/list-charges.contract.ts'
import { contract } from './create-charge.contract.ts'

export function CreateCharge({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const { language } = usePreferredLanguage()
  const [student, setStudent] = useState<Choice>()
  const [description, setDescription] = useState('')
  const [amount, setAmount] = useState<number | string>('')
  const send = useSend(contract, {
    refresh: [listCharges],
    onSuccess: () => {
      toast('good', t('payments.asked'), description)
      onClose()
    },
  })
  const labels = {
    studentId: t('payments.student'),
    description: t('payments.description'),
    amountCents: t('payments.amount'),
  }
  return (
    <DialogForm
      send={send}
      labels={labels}
      submitLabel={t('payments.ask')}
      onSubmit={() =>
        send.mutate({
          studentId: chosen(student?.value ?? ''),
          description,
          amountCents: chosen(amount === '' ? '' : Math.round(Number(amount) * 100)),
        })
      }
      onClose={onClose}
    >
      {(problems) => (
        <>
          <SearchSelect
            endpoint={listStudents}
            choicesOf={({ students }) => students.map(({ id, name }) => ({ value: id, label: name }))}
            choice={student}
            onChoice={setStudent}
            label={labels.studentId}
            description={t('payments.studentHint')}
            data-field="studentId"
            data-autofocus
            required
            nothingFoundMessage={t('payments.noStudent')}
            error={problems.of('studentId')}
          />
          <TextInput
            label={labels.description}
            data-field="description"
            required
            maxLength={DESCRIPTION_LENGTH_MAX}
            value={description}
            onChange={(event) => setDescription(event.currentTarget.value)}
            error={problems.of('description')}
          />
          <NumberInput
            label={labels.amountCents}
            data-field="amountCents"
            required
            prefix="R$ "
            decimalScale={2}
            fixedDecimalScale
            decimalSeparator={language === 'en' ? '.' : ','}
            thousandSeparator={language === 'en' ? ',' : '.'}
            allowNegative={false}
            max={AMOUNT_CENTS_MAX / 100}
            hideControls
            value={amount}
            onChange={setAmount}
            error={problems.of('amountCents')}
          />
        </>
      )}
    </DialogForm>
  )
}

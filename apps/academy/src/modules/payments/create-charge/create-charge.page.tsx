/** Asking a student to pay. */
import { Button, Group, NumberInput, Select, Stack, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { type FormEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useApi, useSend } from '../../../platform/ui/api.tsx'
import { ProblemSummary, useProblems } from '../../../platform/ui/form.tsx'
import { usePreferredLanguage } from '../../../platform/ui/preferences.tsx'
import { toast } from '../../../platform/ui/toast.tsx'
import { contract as listStudents } from '../../students/list-students/list-students.contract.ts'
import { AMOUNT_CENTS_MAX, DESCRIPTION_LENGTH_MAX } from '../charge.fields.ts'
import { contract as listCharges } from '../list-charges/list-charges.contract.ts'
import { contract } from './create-charge.contract.ts'

const SEARCH_AFTER_MS = 250
const FOUND_MAX = 20

export function CreateCharge({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const { language } = usePreferredLanguage()
  const form = useRef<HTMLFormElement>(null)
  const [search, setSearch] = useState('')
  const [searched] = useDebouncedValue(search.trim().slice(0, 100), SEARCH_AFTER_MS)
  const [student, setStudent] = useState<{ value: string; label: string }>()
  const [description, setDescription] = useState('')
  const [amount, setAmount] = useState<number | string>('')
  // What was chosen is not searched for.
  const asked = student && searched === student.label ? '' : searched
  const found = useApi(listStudents, { limit: FOUND_MAX, ...(asked ? { search: asked } : {}) }, { keepPrevious: true })
  const options = (found.data?.students ?? []).map(({ id, name }) => ({ value: id, label: name }))
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
  const problems = useProblems(send.error, form, labels)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (send.isPending) return
    send.mutate({ studentId: student?.value ?? '', description, amountCents: Math.round(Number(amount) * 100) })
  }
  return (
    <form ref={form} onSubmit={submit} noValidate>
      <Stack>
        <ProblemSummary problems={problems} form={form} />
        <Select
          label={labels.studentId}
          description={t('payments.studentHint')}
          data-field="studentId"
          data-autofocus
          required
          searchable
          openOnFocus={false}
          data={student && !options.some(({ value }) => value === student.value) ? [student, ...options] : options}
          filter={({ options: all }) => all}
          nothingFoundMessage={t('payments.noStudent')}
          searchValue={search}
          onSearchChange={setSearch}
          value={student?.value ?? null}
          onChange={(_, option) => setStudent(option ? { value: option.value, label: option.label } : undefined)}
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
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('form.cancel')}
          </Button>
          <Button type="submit" loading={send.isPending}>
            {t('payments.ask')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

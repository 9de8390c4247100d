/** A new student: a person, and the offering by which they enter. */
import { Select, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ResponseOf } from '../../../platform/http/endpoint.ts'
import { useApi, useSend } from '../../../platform/ui/api.tsx'
import { DialogForm } from '../../../platform/ui/dialog-form.tsx'
import { chosen } from '../../../platform/ui/form.tsx'
import { EmailField, NameField } from '../../../platform/ui/person-fields.tsx'
import { toast } from '../../../platform/ui/toast.tsx'
import { contract as readInsights } from '../../insights/read-insights/read-insights.contract.ts'
import { list as listOfferings } from '../../offerings/manage-offerings/manage-offerings.contract.ts'
import { contract as listStudents } from '../list-students/list-students.contract.ts'
import { contract } from './create-student.contract.ts'

type Offering = ResponseOf<typeof listOfferings>['offerings'][number]

export function CreateStudent({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const [name, setName] = useState('')
  const [email, setEmail] = useState('')
  const [courseOfferingId, setCourseOfferingId] = useState<string | null>(null)
  const { data } = useApi(listOfferings, {})
  const offerings = data?.offerings ?? []
  const send = useSend(contract, {
    refresh: [listStudents, listOfferings, readInsights],
    onSuccess: (student) => {
      toast(
        'good',
        t('newStudent.created', { name: student.name }),
        t('newStudent.createdHint', { code: student.enrollmentCode, email: student.email }),
      )
      onClose()
    },
  })
  const whereAndWhen = ({ curriculum, campus, shift, periodId }: Offering) =>
    [curriculum.name, campus.name, t(`offerings.shifts.${shift}`), periodId].join(' · ')
  return (
    <DialogForm
      send={send}
      labels={{ name: t('newStudent.name'), email: t('newStudent.email'), courseOfferingId: t('newStudent.offering') }}
      submitLabel={t('newStudent.submit')}
      onSubmit={() => send.mutate({ name, email, courseOfferingId: chosen(courseOfferingId) })}
      onClose={onClose}
    >
      {({ of, labels }) => (
        <>
          <NameField label={labels['name']} data-autofocus value={name} onChange={setName} error={of('name')} />
          <EmailField
            label={labels['email']}
            description={t('newStudent.emailHint')}
            value={email}
            onChange={setEmail}
            error={of('email')}
          />
          <Select
            label={labels['courseOfferingId']}
            description={t('newStudent.offeringHint')}
            data-field="courseOfferingId"
            required
            searchable
            openOnFocus={false}
            maxDropdownHeight={280}
            nothingFoundMessage={data && (offerings.length === 0 ? t('newStudent.noOfferings') : t('list.noneFound'))}
            data={offerings.map((offering) => ({
              value: offering.id,
              label: `${offering.course.name} · ${whereAndWhen(offering)}`,
            }))}
            renderOption={({ option: { value, label } }) => {
              const offering = offerings.find(({ id }) => id === value)
              if (!offering) return label
              return (
                <div>
                  {offering.course.name}
                  <Text size="sm" c="dimmed">
                    {whereAndWhen(offering)}
                  </Text>
                </div>
              )
            }}
            value={courseOfferingId}
            onChange={setCourseOfferingId}
            error={of('courseOfferingId')}
          />
        </>
      )}
    </DialogForm>
  )
}

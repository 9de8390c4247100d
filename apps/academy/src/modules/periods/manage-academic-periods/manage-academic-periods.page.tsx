/** When is taught: the academic periods, kept by staff. Once there are classes the dates stay. */
import { Text, TextInput } from '@mantine/core'
import { IconCalendarEvent } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ResponseOf } from '../../../platform/http/endpoint.ts'
import { useApi, useSend } from '../../../platform/ui/api.tsx'
import { DayField } from '../../../platform/ui/day-field.tsx'
import { DialogForm } from '../../../platform/ui/dialog-form.tsx'
import { useEdited } from '../../../platform/ui/edited.ts'
import { chosen } from '../../../platform/ui/form.tsx'
import { ManagedList } from '../../../platform/ui/managed-list.tsx'
import { useFormat } from '../../../platform/ui/session.tsx'
import { toast } from '../../../platform/ui/toast.tsx'
import { PERIOD_ID_LENGTH_MAX } from '../period.fields.ts'
import { create, edit, list } from './manage-academic-periods.contract.ts'

type Dates = { startAt: string | null; endAt: string | null }
type AcademicPeriod = ResponseOf<typeof list>['academicPeriods'][number]

export default function AcademicPeriods() {
  const { t } = useTranslation()
  const { day } = useFormat()
  const query = useApi(list, {})
  return (
    <ManagedList
      label={t('academicPeriods.title')}
      lead={t('academicPeriods.lead')}
      newLabel={t('academicPeriods.new')}
      query={query}
      rowsOf={({ academicPeriods }) => academicPeriods}
      keyOf={({ id }) => id}
      none={{ icon: IconCalendarEvent, title: t('academicPeriods.none'), hint: t('academicPeriods.noneHint') }}
      columns={[
        {
          head: t('academicPeriods.one'),
          rowHeader: true,
          cell: ({ id }) => (
            <Text fw={600} inherit>
              {id}
            </Text>
          ),
        },
        { head: t('periods.startAt'), cell: ({ startAt }) => day(startAt) },
        { head: t('periods.endAt'), cell: ({ endAt }) => day(endAt) },
        {
          head: t('academicPeriods.classes'),
          cell: ({ classes }) => t('academicPeriods.classesOf', { count: classes }),
        },
      ]}
      change={{
        title: t('periods.change'),
        nameOf: ({ id }) => id,
        unless: ({ classes }) =>
          classes > 0 ? (
            <Text size="sm" c="dimmed">
              {t('academicPeriods.datesStay')}
            </Text>
          ) : undefined,
      }}
      form={(period, onClose) => <AcademicPeriodForm period={period} onClose={onClose} />}
    />
  )
}

/** Where the days of a period are to be looked for: `2031.2` begins in July. */
function firstMonthOf(typedId: string): string | undefined {
  const [, year, half] = /^\s*(\d{4})\D*([12])\s*$/.exec(typedId) ?? []
  return year && `${year}-${half === '1' ? '01' : '07'}-01`
}

function AcademicPeriodForm({ period, onClose }: { period: AcademicPeriod | undefined; onClose: () => void }) {
  const { t } = useTranslation()
  const [id, setId] = useState(period?.id ?? '')
  const { day } = useFormat()
  const saved = {
    refresh: [list],
    onSuccess: (answer: { id: string }) => {
      toast('good', t('academicPeriods.saved'), answer.id)
      onClose()
    },
  }
  const creating = useSend(create, saved)
  const changing = useSend(edit, saved)
  const send = period ? changing : creating
  const inWords = (value: string | null) => (value ? day(value) : '')
  const { values, set, version, theirs } = useEdited<Dates>(
    { startAt: period?.startAt ?? null, endAt: period?.endAt ?? null },
    period?.version,
    send.error,
    { startAt: inWords, endAt: inWords },
  )
  const { startAt, endAt } = values
  const labels = { id: t('academicPeriods.one'), startAt: t('periods.startAt'), endAt: t('periods.endAt') }
  const dates = { startAt: chosen(startAt), endAt: chosen(endAt) }
  return (
    <DialogForm
      send={send}
      labels={labels}
      theirs={theirs}
      submitLabel={period ? t('list.save') : t('list.create')}
      onSubmit={() =>
        period ? changing.mutate({ periodId: period.id, ...dates, version }) : creating.mutate({ id, ...dates })
      }
      onClose={onClose}
    >
      {(problems) => (
        <>
          {period ? (
            <Text fw={600}>{period.id}</Text>
          ) : (
            <TextInput
              label={labels.id}
              description={t('academicPeriods.idHint')}
              data-field="id"
              data-autofocus
              required
              autoComplete="off"
              inputMode="decimal"
              maxLength={PERIOD_ID_LENGTH_MAX}
              value={id}
              onChange={(event) => setId(event.currentTarget.value)}
              error={problems.of('id')}
            />
          )}
          <DayField
            label={labels.startAt}
            field="startAt"
            value={startAt}
            near={firstMonthOf(id)}
            onChange={(value) => set({ startAt: value })}
            error={problems.of('startAt')}
          />
          <DayField
            label={labels.endAt}
            field="endAt"
            value={endAt}
            near={startAt ?? firstMonthOf(id)}
            onChange={(value) => set({ endAt: value })}
            error={problems.of('endAt')}
          />
        </>
      )}
    </DialogForm>
  )
}

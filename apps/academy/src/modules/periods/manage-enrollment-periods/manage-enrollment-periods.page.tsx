/** When students choose their classes: one window for an academic period, kept by staff. */
import { Alert, NativeSelect, Text } from '@mantine/core'
import { IconCalendarCheck, IconCircleCheck, IconClock, IconInfoCircle, IconLock } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
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
import { Show } from '../../../platform/ui/states.tsx'
import { toast } from '../../../platform/ui/toast.tsx'
import { ToneWord } from '../../../platform/ui/tone.tsx'
import { list as listAcademicPeriods } from '../manage-academic-periods/manage-academic-periods.contract.ts'
import type { EnrollmentPeriodStatus } from '../period.fields.ts'
import { create, edit, list } from './manage-enrollment-periods.contract.ts'

type Dates = { startAt: string | null; endAt: string | null }
type EnrollmentPeriod = ResponseOf<typeof list>['enrollmentPeriods'][number]

const STATUS_TONES = {
  'not-started': { tone: 'quiet', icon: IconClock },
  open: { tone: 'good', icon: IconCircleCheck },
  finalized: { tone: 'quiet', icon: IconLock },
} as const satisfies Record<EnrollmentPeriodStatus, unknown>

export default function EnrollmentPeriods() {
  const { t } = useTranslation()
  const { day } = useFormat()
  const query = useApi(list, {})
  return (
    <ManagedList
      label={t('enrollmentPeriods.title')}
      lead={t('enrollmentPeriods.lead')}
      newLabel={t('enrollmentPeriods.new')}
      query={query}
      rowsOf={({ enrollmentPeriods }) => enrollmentPeriods}
      keyOf={({ id }) => id}
      none={{ icon: IconCalendarCheck, title: t('enrollmentPeriods.none'), hint: t('enrollmentPeriods.noneHint') }}
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
          head: t('enrollmentPeriods.status'),
          cell: ({ status }) => (
            <ToneWord {...STATUS_TONES[status]}>{t(`enrollmentPeriods.statuses.${status}`)}</ToneWord>
          ),
        },
      ]}
      change={{ title: t('periods.change'), nameOf: ({ id }) => id }}
      form={(period, onClose) =>
        period ? (
          <EnrollmentPeriodForm period={period} onClose={onClose} />
        ) : (
          <NewEnrollmentPeriod taken={query.data?.enrollmentPeriods ?? []} onClose={onClose} />
        )
      }
    />
  )
}

/** Of the academic periods, those that have none yet. */
function NewEnrollmentPeriod({ taken, onClose }: { taken: readonly { id: string }[]; onClose: () => void }) {
  const { t } = useTranslation()
  const query = useApi(listAcademicPeriods, {})
  return (
    <Show query={query}>
      {({ academicPeriods }) => {
        const free = academicPeriods.filter(({ id }) => !taken.some((each) => each.id === id))
        return free.length === 0 ? (
          <Alert color="water" variant="light" bg="var(--accent-soft)" icon={<IconInfoCircle aria-hidden />}>
            <Text size="sm">{t('enrollmentPeriods.noneFree')}</Text>
            <Link to="/app/academic-periods">{t('academicPeriods.title')}</Link>
          </Alert>
        ) : (
          <EnrollmentPeriodForm free={free} onClose={onClose} />
        )
      }}
    </Show>
  )
}

function EnrollmentPeriodForm({
  period,
  free = [],
  onClose,
}: {
  period?: EnrollmentPeriod
  free?: readonly { id: string; startAt: string }[]
  onClose: () => void
}) {
  const { t } = useTranslation()
  const [id, setId] = useState(period?.id ?? free[0]?.id ?? '')
  const { day } = useFormat()
  const classesBegin = free.find((each) => each.id === id)?.startAt
  const saved = {
    refresh: [list],
    onSuccess: () => {
      toast('good', t('enrollmentPeriods.saved'), id)
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
        period ? changing.mutate({ periodId: id, ...dates, version }) : creating.mutate({ id, ...dates })
      }
      onClose={onClose}
    >
      {(problems) => (
        <>
          {period ? (
            <Text fw={600}>{period.id}</Text>
          ) : (
            <NativeSelect
              label={labels.id}
              data-field="id"
              data-autofocus
              value={id}
              onChange={(event) => setId(event.currentTarget.value)}
              data={free.map((each) => each.id)}
              error={problems.of('id')}
            />
          )}
          <DayField
            label={labels.startAt}
            field="startAt"
            value={startAt}
            near={classesBegin}
            onChange={(value) => set({ startAt: value })}
            error={problems.of('startAt')}
          />
          <DayField
            label={labels.endAt}
            field="endAt"
            value={endAt}
            near={startAt ?? classesBegin}
            onChange={(value) => set({ endAt: value })}
            error={problems.of('endAt')}
          />
        </>
      )}
    </DialogForm>
  )
}

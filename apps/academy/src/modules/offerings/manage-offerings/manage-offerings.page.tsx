/** Which courses are offered where, from when on and by which curriculum: what students enter. */
import { Alert, List, NativeSelect, Select, Text } from '@mantine/core'
import { IconDoorEnter, IconInfoCircle } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { ResponseOf } from '../../../platform/http/endpoint.ts'
import { useApi, useSend } from '../../../platform/ui/api.tsx'
import { DialogForm } from '../../../platform/ui/dialog-form.tsx'
import { useEdited } from '../../../platform/ui/edited.ts'
import { chosen } from '../../../platform/ui/form.tsx'
import { ManagedList } from '../../../platform/ui/managed-list.tsx'
import { useFormat } from '../../../platform/ui/session.tsx'
import { Show } from '../../../platform/ui/states.tsx'
import { toast } from '../../../platform/ui/toast.tsx'
import { list as listCampi } from '../../campi/manage-campi/manage-campi.contract.ts'
import { list as listCourses } from '../../courses/manage-courses/manage-courses.contract.ts'
import { list as listAcademicPeriods } from '../../periods/manage-academic-periods/manage-academic-periods.contract.ts'
import { SHIFTS, type Shift } from '../course-offering.fields.ts'
import { create, edit, list } from './manage-offerings.contract.ts'

type Named = { id: string; name: string }
type Asked = {
  courseId: string | null
  curriculumId: string | null
  campusId: string | null
  periodId: string
  shift: Shift
}
type Offering = ResponseOf<typeof list>['offerings'][number]

export default function Offerings() {
  const { t } = useTranslation()
  const query = useApi(list, {})
  return (
    <ManagedList
      label={t('offerings.title')}
      lead={t('offerings.lead')}
      newLabel={t('offerings.new')}
      query={query}
      rowsOf={({ offerings }) => offerings}
      keyOf={({ id }) => id}
      searchedIn={({ course, curriculum, campus, periodId, shift }) =>
        [course.name, curriculum.name, campus.name, periodId, t(`offerings.shifts.${shift}`)].join(' ')
      }
      none={{ icon: IconDoorEnter, title: t('offerings.none'), hint: t('offerings.noneHint') }}
      columns={[
        {
          head: t('offerings.course'),
          rowHeader: true,
          cell: ({ course, curriculum }) => (
            <>
              <Text fw={600} inherit>
                {course.name}
              </Text>
              <Text size="sm" component="div">
                <Link to="/app/curricula/$curriculumId" params={{ curriculumId: curriculum.id } as never}>
                  {curriculum.name}
                </Link>
              </Text>
            </>
          ),
        },
        { head: t('offerings.period'), cell: ({ periodId }) => periodId },
        { head: t('offerings.campus'), cell: ({ campus }) => campus.name },
        { head: t('offerings.shift'), cell: ({ shift }) => t(`offerings.shifts.${shift}`) },
        { head: t('offerings.students'), cell: ({ students }) => t('classes.students', { count: students }) },
      ]}
      change={{
        title: t('offerings.change'),
        nameOf: ({ course }) => course.name,
        unless: ({ students }) =>
          students > 0 ? (
            <Text size="sm" c="dimmed">
              {t('offerings.stays')}
            </Text>
          ) : undefined,
      }}
      form={(offering, onClose) => <OfferingDialog offering={offering} onClose={onClose} />}
    />
  )
}

/** What it is put together from has to be there first. */
function OfferingDialog({ offering, onClose }: { offering: Offering | undefined; onClose: () => void }) {
  const campi = useApi(listCampi, {})
  const courses = useApi(listCourses, {})
  const periods = useApi(listAcademicPeriods, {})
  return (
    <Show query={campi}>
      {(ofCampi) => (
        <Show query={courses}>
          {(ofCourses) => (
            <Show query={periods}>
              {({ academicPeriods }) => (
                <OfferingForm
                  offering={offering}
                  campi={ofCampi.campi}
                  courses={ofCourses.courses.filter(({ curricula }) => curricula.length > 0)}
                  periodIds={academicPeriods.map(({ id }) => id)}
                  onClose={onClose}
                />
              )}
            </Show>
          )}
        </Show>
      )}
    </Show>
  )
}

function OfferingForm({
  offering,
  campi,
  courses,
  periodIds,
  onClose,
}: {
  offering: Offering | undefined
  campi: readonly Named[]
  courses: ResponseOf<typeof listCourses>['courses']
  periodIds: string[]
  onClose: () => void
}) {
  const { t } = useTranslation()
  const { compare } = useFormat()
  const saved = {
    refresh: [list],
    onSuccess: () => {
      toast('good', t('offerings.saved'), courses.find(({ id }) => id === courseId)?.name)
      onClose()
    },
  }
  const creating = useSend(create, saved)
  const changing = useSend(edit, saved)
  const send = offering ? changing : creating
  const nameIn = (named: readonly Named[]) => (asked: string | null) => named.find(({ id }) => id === asked)?.name ?? ''
  const { values, set, version, theirs } = useEdited<Asked>(
    {
      courseId: offering?.course.id ?? null,
      curriculumId: offering?.curriculum.id ?? null,
      campusId: offering?.campus.id ?? (campi.length === 1 ? (campi[0]?.id ?? null) : null),
      periodId: offering?.periodId ?? periodIds[0] ?? '',
      shift: offering?.shift ?? 'night',
    },
    offering?.version,
    send.error,
    {
      courseId: nameIn(courses),
      curriculumId: nameIn(courses.flatMap((course) => course.curricula)),
      campusId: nameIn(campi),
      shift: (value) => t(`offerings.shifts.${value}`),
    },
  )
  const { courseId, curriculumId, campusId, periodId, shift } = values
  const curricula = courses.find(({ id }) => id === courseId)?.curricula ?? []
  const choicesOf = (named: readonly Named[]) =>
    named.map(({ id, name }) => ({ value: id, label: name })).toSorted((a, b) => compare(a.label, b.label))
  const missing = [
    ...(campi.length === 0 ? [{ to: '/app/campi', label: t('campi.title') }] : []),
    ...(periodIds.length === 0 ? [{ to: '/app/academic-periods', label: t('academicPeriods.title') }] : []),
    ...(courses.length === 0 ? [{ to: '/app/curricula', label: t('curricula.title') }] : []),
  ]
  if (missing.length > 0) {
    return (
      <Alert color="water" variant="light" bg="var(--accent-soft)" icon={<IconInfoCircle aria-hidden />}>
        <Text size="sm">{t('offerings.missing')}</Text>
        <List size="sm" mt="xs">
          {missing.map(({ to, label }) => (
            <List.Item key={to}>
              <Link to={to}>{label}</Link>
            </List.Item>
          ))}
        </List>
      </Alert>
    )
  }
  const labels = {
    courseId: t('offerings.course'),
    curriculumId: t('offerings.curriculum'),
    campusId: t('offerings.campus'),
    periodId: t('offerings.period'),
    shift: t('offerings.shift'),
  }
  return (
    <DialogForm
      send={send}
      labels={labels}
      theirs={theirs}
      submitLabel={offering ? t('list.save') : t('list.create')}
      onSubmit={() => {
        const asked = {
          campusId: chosen(campusId),
          courseId: chosen(courseId),
          curriculumId: chosen(curriculumId),
          periodId,
          shift,
        }
        if (offering) changing.mutate({ offeringId: offering.id, ...asked, version })
        else creating.mutate(asked)
      }}
      onClose={onClose}
    >
      {(problems) => (
        <>
          <Select
            label={labels.courseId}
            description={t('offerings.courseHint')}
            data-field="courseId"
            data-autofocus
            required
            searchable
            openOnFocus={false}
            allowDeselect={false}
            nothingFoundMessage={t('list.noneFound')}
            data={choicesOf(courses)}
            value={courseId}
            onChange={(value) => {
              const [only, ...others] = courses.find(({ id }) => id === value)?.curricula ?? []
              set({ courseId: value, curriculumId: others.length === 0 ? (only?.id ?? null) : null })
            }}
            error={problems.of('courseId')}
          />
          <Select
            label={labels.curriculumId}
            data-field="curriculumId"
            required
            disabled={courseId === null}
            allowDeselect={false}
            openOnFocus={false}
            data={choicesOf(curricula)}
            value={curriculumId}
            onChange={(value) => set({ curriculumId: value })}
            error={problems.of('curriculumId')}
          />
          <Select
            label={labels.campusId}
            data-field="campusId"
            required
            searchable
            openOnFocus={false}
            allowDeselect={false}
            nothingFoundMessage={t('list.noneFound')}
            data={choicesOf(campi)}
            value={campusId}
            onChange={(value) => set({ campusId: value })}
            error={problems.of('campusId')}
          />
          <NativeSelect
            label={labels.periodId}
            data-field="periodId"
            value={periodId}
            onChange={(event) => set({ periodId: event.currentTarget.value })}
            data={periodIds}
            error={problems.of('periodId')}
          />
          <NativeSelect
            label={labels.shift}
            data-field="shift"
            value={shift}
            onChange={(event) => set({ shift: event.currentTarget.value as Shift })}
            data={SHIFTS.map((value) => ({ value, label: t(`offerings.shifts.${value}`) }))}
            error={problems.of('shift')}
          />
        </>
      )}
    </DialogForm>
  )
}

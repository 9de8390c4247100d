/** The disciplines of the institution, kept by its staff, and the courses that each belongs to. */
import { MultiSelect, Select, Text, TextInput } from '@mantine/core'
import { IconBook2 } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ResponseOf } from '../../../platform/http/endpoint.ts'
import { useApi, useSend } from '../../../platform/ui/api.tsx'
import { DialogForm } from '../../../platform/ui/dialog-form.tsx'
import { useEdited } from '../../../platform/ui/edited.ts'
import { useFilters } from '../../../platform/ui/filters.tsx'
import { ManagedList } from '../../../platform/ui/managed-list.tsx'
import { useFormat } from '../../../platform/ui/session.tsx'
import { toast } from '../../../platform/ui/toast.tsx'
import { list as listCourses } from '../../courses/manage-courses/manage-courses.contract.ts'
import { DISCIPLINE_NAME_LENGTH_MAX } from '../discipline.fields.ts'
import { create, edit, list } from './manage-disciplines.contract.ts'

type Discipline = ResponseOf<typeof list>['disciplines'][number]

export default function Disciplines() {
  const { t } = useTranslation()
  const [{ course: courseId }, changeFilters] = useFilters('search', 'course')
  const query = useApi(list, courseId ? { courseId } : {}, { keepPrevious: true })
  const courses = useCourseOptions()
  return (
    <ManagedList
      label={t('disciplines.title')}
      lead={t('disciplines.lead')}
      newLabel={t('disciplines.new')}
      query={query}
      rowsOf={({ disciplines }) => disciplines}
      keyOf={({ id }) => id}
      orderedBy={({ name }) => name}
      searchedIn={({ name, code }) => `${name} ${code}`}
      filter={{
        input: (
          <Select
            label={t('disciplines.course')}
            placeholder={t('disciplines.everyCourse')}
            style={{ flex: '1 1 18rem', maxWidth: '24rem' }}
            searchable
            clearable
            clearButtonProps={{ 'aria-label': t('disciplines.everyCourse'), tabIndex: 0 }}
            nothingFoundMessage={t('list.noneFound')}
            data={courses}
            value={courseId ?? null}
            onChange={(chosen) => changeFilters({ course: chosen ?? '' })}
          />
        ),
        names: ['course'],
      }}
      none={{ icon: IconBook2, title: t('disciplines.none'), hint: t('disciplines.noneHint') }}
      columns={[
        {
          head: t('disciplines.name'),
          rowHeader: true,
          cell: ({ name, code }) => (
            <>
              <Text fw={600} inherit>
                {name}
              </Text>
              <Text size="sm" c="dimmed">
                {code}
              </Text>
            </>
          ),
        },
        { head: t('disciplines.courses'), cell: ({ courses: of }) => <CourseNames courses={of} /> },
      ]}
      change={{ title: t('disciplines.change'), nameOf: ({ name }) => name }}
      form={(discipline, onClose) => <DisciplineForm discipline={discipline} onClose={onClose} />}
    />
  )
}

function useCourseOptions() {
  const { compare } = useFormat()
  const { data } = useApi(listCourses, {})
  return (data?.courses ?? [])
    .map(({ id, name }) => ({ value: id, label: name }))
    .toSorted((a, b) => compare(a.label, b.label))
}

function CourseNames({ courses }: Pick<Discipline, 'courses'>) {
  const { t } = useTranslation()
  const { compare } = useFormat()
  const names = courses.map(({ name }) => name).toSorted(compare)
  return names.length > 0 ? (
    names.join(', ')
  ) : (
    <Text c="dimmed" inherit>
      {t('disciplines.noCourses')}
    </Text>
  )
}

function DisciplineForm({ discipline, onClose }: { discipline: Discipline | undefined; onClose: () => void }) {
  const { t } = useTranslation()
  const { list: listed } = useFormat()
  const [courses, setCourses] = useState<string[]>([])
  const has = discipline?.courses ?? []
  const options = useCourseOptions().filter(({ value }) => !has.some(({ id }) => id === value))
  const saved = {
    refresh: [list, listCourses],
    onSuccess: () => {
      toast('good', t('disciplines.saved'), name)
      onClose()
    },
  }
  const creating = useSend(create, saved)
  const changing = useSend(edit, saved)
  const send = discipline ? changing : creating
  const { values, set, version, theirs } = useEdited({ name: discipline?.name ?? '' }, discipline?.version, send.error)
  const { name } = values
  const nameOf = (courseId: string | undefined) => options.find(({ value }) => value === courseId)?.label ?? ''
  const labels = {
    name: t('disciplines.name'),
    courses: has.length > 0 ? t('disciplines.moreCourses') : t('disciplines.courses'),
    ...Object.fromEntries(courses.map((id, index) => [`courses.${index}`, nameOf(id)])),
  }
  return (
    <DialogForm
      send={send}
      labels={labels}
      theirs={theirs}
      submitLabel={discipline ? t('list.save') : t('list.create')}
      onSubmit={() =>
        discipline
          ? changing.mutate({ disciplineId: discipline.id, name, courses, version })
          : creating.mutate({ name, courses })
      }
      onClose={onClose}
    >
      {(problems) => (
        <>
          <TextInput
            label={labels.name}
            data-field="name"
            data-autofocus
            required
            autoComplete="off"
            maxLength={DISCIPLINE_NAME_LENGTH_MAX}
            value={name}
            onChange={(event) => set({ name: event.currentTarget.value })}
            error={problems.of('name')}
          />
          <MultiSelect
            label={labels.courses}
            {...(has.length > 0
              ? { description: t('disciplines.staysIn', { courses: listed(has.map((course) => course.name)) }) }
              : {})}
            data-field="courses"
            searchable
            openOnFocus={false}
            nothingFoundMessage={t('list.noneFound')}
            data={options}
            value={courses}
            onChange={setCourses}
            error={problems.ofList('courses')}
          />
        </>
      )}
    </DialogForm>
  )
}

/** The courses of the institution, kept by its staff: with how many disciplines, and by which curricula they are taught. */
import { NativeSelect, Text, Textarea, TextInput } from '@mantine/core'
import { IconSchool } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ResponseOf } from '../../../platform/http/endpoint.ts'
import { useApi, useSend } from '../../../platform/ui/api.tsx'
import { DialogForm } from '../../../platform/ui/dialog-form.tsx'
import { useEdited } from '../../../platform/ui/edited.ts'
import { ManagedList } from '../../../platform/ui/managed-list.tsx'
import { toast } from '../../../platform/ui/toast.tsx'
import { list as listCurricula } from '../../curricula/manage-curricula/manage-curricula.contract.ts'
import { list as listDisciplines } from '../../disciplines/manage-disciplines/manage-disciplines.contract.ts'
import { list as listOfferings } from '../../offerings/manage-offerings/manage-offerings.contract.ts'
import { COURSE_NAME_LENGTH_MAX, COURSE_TYPES, type CourseType } from '../course.fields.ts'
import { create, edit, list } from './manage-courses.contract.ts'

type Course = ResponseOf<typeof list>['courses'][number]

export default function Courses() {
  const { t } = useTranslation()
  const query = useApi(list, {})
  return (
    <ManagedList
      label={t('courses.title')}
      lead={t('courses.lead')}
      newLabel={t('courses.new')}
      query={query}
      rowsOf={({ courses }) => courses}
      keyOf={({ id }) => id}
      orderedBy={({ name }) => name}
      searchedIn={({ name, type }) => `${name} ${t(`courses.types.${type}`)}`}
      none={{ icon: IconSchool, title: t('courses.none'), hint: t('courses.noneHint') }}
      columns={[
        {
          head: t('courses.name'),
          rowHeader: true,
          cell: ({ name }) => (
            <Text fw={600} inherit>
              {name}
            </Text>
          ),
        },
        { head: t('courses.type'), cell: ({ type }) => t(`courses.types.${type}`) },
        {
          head: t('courses.disciplines'),
          cell: ({ id, disciplines }) =>
            disciplines === 0 ? (
              <Text c="dimmed" inherit>
                {t('courses.disciplinesOf', { count: 0 })}
              </Text>
            ) : (
              <Link to="/app/disciplines" search={{ course: id } as never}>
                {t('courses.disciplinesOf', { count: disciplines })}
              </Link>
            ),
        },
        { head: t('courses.curricula'), cell: ({ curricula }) => <Curricula curricula={curricula} /> },
      ]}
      change={{ title: t('courses.change'), nameOf: ({ name }) => name }}
      form={(course, onClose) => <CourseForm course={course} onClose={onClose} />}
    />
  )
}

function Curricula({ curricula }: Pick<Course, 'curricula'>) {
  const { t } = useTranslation()
  if (curricula.length === 0)
    return (
      <Text c="dimmed" inherit>
        {t('courses.noCurricula')}
      </Text>
    )
  return curricula.map(({ id, name }) => (
    <div key={id}>
      <Link to="/app/curricula/$curriculumId" params={{ curriculumId: id } as never}>
        {name}
      </Link>
    </div>
  ))
}

function CourseForm({ course, onClose }: { course: Course | undefined; onClose: () => void }) {
  const { t } = useTranslation()
  const [lines, setLines] = useState('')
  const disciplines = lines
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
  const saved = {
    refresh: [list, listDisciplines, listCurricula, listOfferings],
    onSuccess: () => {
      toast('good', t('courses.saved'), name)
      onClose()
    },
  }
  const creating = useSend(create, saved)
  const changing = useSend(edit, saved)
  const send = course ? changing : creating
  const { values, set, version, theirs } = useEdited(
    { name: course?.name ?? '', type: course?.type ?? ('bachelor' as CourseType) },
    course?.version,
    send.error,
    { type: (value) => t(`courses.types.${value}`) },
  )
  const { name, type } = values
  const labels = {
    name: t('courses.name'),
    type: t('courses.type'),
    disciplines: t('courses.disciplines'),
    ...Object.fromEntries(disciplines.map((discipline, index) => [`disciplines.${index}`, discipline])),
  }
  return (
    <DialogForm
      send={send}
      labels={labels}
      theirs={theirs}
      submitLabel={course ? t('list.save') : t('list.create')}
      onSubmit={() =>
        course
          ? changing.mutate({ courseId: course.id, ...values, version })
          : creating.mutate({ ...values, disciplines })
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
            maxLength={COURSE_NAME_LENGTH_MAX}
            value={name}
            onChange={(event) => set({ name: event.currentTarget.value })}
            error={problems.of('name')}
          />
          <NativeSelect
            label={labels.type}
            data-field="type"
            value={type}
            onChange={(event) => set({ type: event.currentTarget.value as CourseType })}
            data={COURSE_TYPES.map((value) => ({ value, label: t(`courses.types.${value}`) }))}
            error={problems.of('type')}
          />
          {!course && (
            <Textarea
              label={labels.disciplines}
              description={t('courses.disciplinesHint')}
              data-field="disciplines"
              autosize
              minRows={4}
              maxRows={12}
              value={lines}
              onChange={(event) => setLines(event.currentTarget.value)}
              error={problems.ofList('disciplines')}
            />
          )}
        </>
      )}
    </DialogForm>
  )
}

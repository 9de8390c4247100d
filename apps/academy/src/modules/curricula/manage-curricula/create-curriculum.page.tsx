/** The form of a curriculum, a new one or one that changes: a course, and row by row which of its disciplines are taught in which period. */
import { ActionIcon, Button, Group, NumberInput, Paper, Select, Stack, Text, TextInput, Title } from '@mantine/core'
import { IconListTree, IconPlus, IconTrash } from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import { type FormEvent, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { useTranslation } from 'react-i18next'
import type { ResponseOf } from '../../../platform/http/endpoint.ts'
import { useApi, useSend } from '../../../platform/ui/api.tsx'
import { useEdited } from '../../../platform/ui/edited.ts'
import { chosen, ProblemSummary, type Problems, useProblems } from '../../../platform/ui/form.tsx'
import { PageHeader } from '../../../platform/ui/page-header.tsx'
import { useFormat } from '../../../platform/ui/session.tsx'
import { Message, Show } from '../../../platform/ui/states.tsx'
import { toast } from '../../../platform/ui/toast.tsx'
import { useUnsaved } from '../../../platform/ui/unsaved.tsx'
import { list as listCourses } from '../../courses/manage-courses/manage-courses.contract.ts'
import { list as listDisciplines } from '../../disciplines/manage-disciplines/manage-disciplines.contract.ts'
import {
  CREDITS_MAX,
  CURRICULUM_NAME_LENGTH_MAX,
  CURRICULUM_PERIODS_MAX,
  WORKLOAD_HOURS_MAX,
} from '../course-curriculum.fields.ts'
import classes from './create-curriculum.page.module.css'
import { HoursByPeriod, sumsOf } from './curriculum-sums.page.tsx'
import { create, edit, list, read } from './manage-curricula.contract.ts'

type Curriculum = ResponseOf<typeof read>
type Course = Pick<ResponseOf<typeof listCourses>['courses'][number], 'id' | 'name'>
type Choice = { value: string; label: string }
type Amount = number | string
interface Row {
  /** Of this row in this form: rows come and go while one types. */
  key: number
  id: string | null
  period: Amount
  credits: Amount
  workloadHours: Amount
}

type Typed = { name: string; disciplines: readonly Row[] }

const firstRow: Row = { key: 0, id: null, period: 1, credits: '', workloadHours: '' }

export default function NewCurriculum() {
  const { t } = useTranslation()
  const query = useApi(listCourses, {})
  return (
    <>
      <PageHeader title={t('curricula.new')} crumbs={[{ label: t('curricula.title'), to: '/app/curricula' }]} />
      <Show query={query}>
        {({ courses }) => {
          const withDisciplines = courses.filter(({ disciplines }) => disciplines > 0)
          return withDisciplines.length === 0 ? (
            <Message
              icon={IconListTree}
              title={t('curricula.noCourse')}
              action={
                <Button component={Link} to="/app/courses" variant="default">
                  {t('courses.title')}
                </Button>
              }
            >
              {t('curricula.noCourseHint')}
            </Message>
          ) : (
            <CurriculumForm courses={withDisciplines} />
          )
        }}
      </Show>
    </>
  )
}

/** @param curriculum the one that changes: its course stays, and its disciplines too once it has students. */
export function CurriculumForm({ courses, curriculum }: { courses: readonly Course[]; curriculum?: Curriculum }) {
  const { t } = useTranslation()
  const { compare, number } = useFormat()
  const navigate = useNavigate()
  const form = useRef<HTMLFormElement>(null)
  const [courseId, setCourseId] = useState<string | null>(curriculum?.course.id ?? null)
  const disciplinesStay = curriculum !== undefined && curriculum.students > 0
  const saved = {
    refresh: [list, listCourses, read],
    onSuccess: ({ id }: { id: string }) => {
      toast('good', t('curricula.saved'), name)
      void navigate({
        to: '/app/curricula/$curriculumId',
        params: { curriculumId: id } as never,
        ignoreBlocker: true,
      })
    },
  }
  const creating = useSend(create, saved)
  const changing = useSend(edit, saved)
  const send = curriculum ? changing : creating
  const { values, set, version, theirs, isTyped } = useEdited<Typed>(
    {
      name: curriculum?.name ?? '',
      disciplines: curriculum?.content.map((each, key) => ({ ...each, key })) ?? [firstRow],
    },
    curriculum?.version,
    send.error,
    { disciplines: (taught) => t('courses.disciplinesOf', { count: taught.length }) },
  )
  const { name, disciplines: rows } = values
  const setRows = (disciplines: readonly Row[]) => set({ disciplines })
  useUnsaved(
    (isTyped('name') && name.trim() !== (curriculum?.name ?? '')) ||
      courseId !== (curriculum?.course.id ?? null) ||
      isTyped('disciplines'),
  )
  const ofCourse = useApi(listDisciplines, courseId ? { courseId } : {}, { enabled: courseId !== null })
  const choices = (ofCourse.data?.disciplines ?? [])
    .map((discipline) => ({ value: discipline.id, label: discipline.name }))
    .toSorted((a, b) => compare(a.label, b.label))
  const left = choices.filter(({ value }) => !rows.some(({ id }) => id === value))
  const labels = {
    name: t('curricula.name'),
    courseId: t('curricula.course'),
    disciplines: t('curricula.disciplines'),
    ...Object.assign({}, ...rows.map((_, index) => rowLabels(index))),
  }
  const problems = useProblems(send.error, form, labels)
  function rowLabels(index: number) {
    const label = (field: string) => t('curricula.fieldOf', { field, number: index + 1 })
    const at = `disciplines.${index}`
    return {
      [at]: label(t('curricula.discipline')),
      [`${at}.id`]: label(t('curricula.discipline')),
      [`${at}.period`]: label(t('curricula.onePeriod')),
      [`${at}.credits`]: label(t('curricula.credits')),
      [`${at}.workloadHours`]: label(t('curricula.workloadShort')),
    }
  }

  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (send.isPending || send.isSuccess) return
    const disciplines = rows.map(({ id, period, credits, workloadHours }) => ({
      id: chosen(id),
      period: chosen(period) as number,
      credits: chosen(credits) as number,
      workloadHours: chosen(workloadHours) as number,
    }))
    if (!curriculum) creating.mutate({ name, courseId: chosen(courseId), disciplines })
    else changing.mutate({ curriculumId: curriculum.id, name, version, ...(disciplinesStay ? {} : { disciplines }) })
  }
  /** What follows is most often like what stands before it. The first of the new rows is where one goes on. */
  const addTo = (kept: readonly Row[], ids: readonly (string | null)[]) => {
    const like = kept.at(-1) ?? firstRow
    const key = Math.max(0, ...rows.map((row) => row.key)) + 1
    flushSync(() => setRows([...kept, ...ids.map((id, index) => ({ ...like, key: key + index, id }))]))
    form.current?.querySelector<HTMLElement>(`[data-field="disciplines.${kept.length}"]`)?.focus()
  }
  const addAllLeft = () => {
    send.reset()
    addTo(
      rows.filter(({ id }) => id !== null),
      left.map(({ value }) => value),
    )
  }
  const change = (key: number, values: Partial<Row>) =>
    setRows(rows.map((row) => (row.key === key ? { ...row, ...values } : row)))
  const remove = (key: number) => {
    // What was wrong with the rows below is said of their places, which are others now.
    send.reset()
    flushSync(() => setRows(rows.filter((row) => row.key !== key)))
    // The button that had the focus is gone with its row.
    form.current?.querySelector<HTMLElement>('[data-add-discipline]')?.focus()
  }

  const counted = rows
    .filter(({ id, period }) => id !== null && Number(period) > 0)
    .map((row) => ({
      period: Number(row.period),
      credits: Number(row.credits),
      workloadHours: Number(row.workloadHours),
    }))
  const sums = sumsOf(counted)

  return (
    <form ref={form} onSubmit={submit} noValidate className={classes.form}>
      <Paper withBorder p={{ base: 'md', sm: 'xl' }} className={classes.fields}>
        <Stack gap="lg">
          <ProblemSummary problems={problems} form={form} theirs={theirs} />
          <div className={classes.two}>
            <TextInput
              label={labels.name}
              data-field="name"
              required
              autoComplete="off"
              maxLength={CURRICULUM_NAME_LENGTH_MAX}
              value={name}
              onChange={(event) => set({ name: event.currentTarget.value })}
              error={problems.of('name')}
            />
            <Select
              label={labels.courseId}
              data-field="courseId"
              required
              disabled={curriculum !== undefined}
              searchable
              allowDeselect={false}
              nothingFoundMessage={t('list.noneFound')}
              data={courses
                .map((course) => ({ value: course.id, label: course.name }))
                .toSorted((a, b) => compare(a.label, b.label))}
              value={courseId}
              onChange={(value) => {
                setCourseId(value)
                // Its disciplines are others.
                setRows([firstRow])
                send.reset()
              }}
              error={problems.of('courseId')}
            />
          </div>
          <fieldset className={classes.disciplines} data-field="disciplines">
            <Title order={2} size="h3" component="legend">
              {labels.disciplines}
            </Title>
            {disciplinesStay ? (
              <Text c="dimmed">{t('curricula.disciplinesStay')}</Text>
            ) : courseId === null ? (
              <Text c="dimmed">{t('curricula.courseFirst')}</Text>
            ) : (
              <>
                <Text c="dimmed" size="sm">
                  {t('curricula.rowsHint')}
                </Text>
                {problems.of('disciplines') && (
                  <Text c="var(--mantine-color-error)" size="sm">
                    {problems.of('disciplines')}
                  </Text>
                )}
                {rows.map((row, index) => (
                  <DisciplineRow
                    key={row.key}
                    row={row}
                    index={index}
                    choices={choices.filter(
                      ({ value }) => value === row.id || left.some((each) => each.value === value),
                    )}
                    problems={problems}
                    onChange={(values) => change(row.key, values)}
                    onRemove={() => remove(row.key)}
                  />
                ))}
                <Group gap="sm" mt="xs">
                  <Button
                    variant="default"
                    leftSection={<IconPlus size={16} aria-hidden />}
                    disabled={left.length === 0}
                    data-add-discipline
                    onClick={() => addTo(rows, [null])}
                  >
                    {t('curricula.addDiscipline')}
                  </Button>
                  {left.length > 1 && (
                    <Button variant="subtle" onClick={addAllLeft}>
                      {t('curricula.addAll', { count: left.length })}
                    </Button>
                  )}
                </Group>
              </>
            )}
          </fieldset>
        </Stack>
      </Paper>
      <aside className={classes.rail} aria-label={t('curricula.total')}>
        <Paper withBorder p="lg" className={classes.sums}>
          <Title order={2} size="h3" mb="xs">
            {t('curricula.total')}
          </Title>
          <Text className={classes.total}>{t('curricula.hours', { hours: number(sums.workloadHours) })}</Text>
          <Text c="dimmed" size="sm">
            {[
              t('courses.disciplinesOf', { count: sums.disciplines }),
              t('curricula.creditsOf', { count: sums.credits }),
            ].join(' · ')}
          </Text>
        </Paper>
        {counted.length > 0 && <HoursByPeriod disciplines={counted} />}
        <Group gap="sm" grow preventGrowOverflow={false}>
          <Button type="submit" size="md" loading={send.isPending || send.isSuccess}>
            {curriculum ? t('list.save') : t('list.create')}
          </Button>
          <Button
            component={Link}
            to={curriculum ? '/app/curricula/$curriculumId' : '/app/curricula'}
            params={(curriculum ? { curriculumId: curriculum.id } : {}) as never}
            variant="default"
            size="md"
          >
            {t('form.cancel')}
          </Button>
        </Group>
      </aside>
    </form>
  )
}

function DisciplineRow({
  row: { id, period, credits, workloadHours },
  index,
  choices,
  problems,
  onChange,
  onRemove,
}: {
  row: Row
  index: number
  choices: readonly Choice[]
  problems: Problems
  onChange: (values: Partial<Row>) => void
  onRemove: () => void
}) {
  const { t } = useTranslation()
  const field = `disciplines.${index}`
  const amount = { allowDecimal: false, allowNegative: false, clampBehavior: 'none', hideControls: true } as const
  const styled = { label: classes.rowLabel ?? '' }
  return (
    <fieldset aria-label={t('curricula.disciplineNumber', { number: index + 1 })} className={classes.row}>
      <Select
        label={t('curricula.discipline')}
        classNames={styled}
        className={classes.name ?? ''}
        data-field={field}
        required
        searchable
        openOnFocus={false}
        allowDeselect={false}
        nothingFoundMessage={t('list.noneFound')}
        data={choices}
        value={id}
        onChange={(value) => onChange({ id: value })}
        error={problems.of(field) ?? problems.of(`${field}.id`)}
      />
      <NumberInput
        {...amount}
        label={t('curricula.onePeriod')}
        classNames={styled}
        data-field={`${field}.period`}
        required
        min={1}
        max={CURRICULUM_PERIODS_MAX}
        value={period}
        onChange={(value) => onChange({ period: value })}
        error={problems.of(`${field}.period`)}
      />
      <NumberInput
        {...amount}
        label={t('curricula.credits')}
        classNames={styled}
        data-field={`${field}.credits`}
        required
        max={CREDITS_MAX}
        value={credits}
        onChange={(value) => onChange({ credits: value })}
        error={problems.of(`${field}.credits`)}
      />
      <NumberInput
        {...amount}
        label={t('curricula.workloadShort')}
        classNames={styled}
        data-field={`${field}.workloadHours`}
        required
        max={WORKLOAD_HOURS_MAX}
        value={workloadHours}
        onChange={(value) => onChange({ workloadHours: value })}
        error={problems.of(`${field}.workloadHours`)}
      />
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        className={classes.remove ?? ''}
        aria-label={t('curricula.remove', { number: index + 1 })}
        onClick={onRemove}
      >
        <IconTrash size={18} aria-hidden />
      </ActionIcon>
    </fieldset>
  )
}

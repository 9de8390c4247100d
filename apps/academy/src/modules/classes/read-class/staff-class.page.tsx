/** One class as staff see it: how it stands, what can be done with it next, its lessons, and who is in it with what result. */
import { Button, Modal, Stack, Tabs, Text, VisuallyHidden } from '@mantine/core'
import { IconAlertTriangle, IconCalendarEvent, IconCircleCheck, IconClock, IconUsers } from '@tabler/icons-react'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ResponseOf } from '../../../platform/http/endpoint.ts'
import { useApi } from '../../../platform/ui/api.tsx'
import { Figures } from '../../../platform/ui/figures.tsx'
import { unbroken } from '../../../platform/ui/format.ts'
import { PageHeader } from '../../../platform/ui/page-header.tsx'
import { usePreferredLanguage } from '../../../platform/ui/preferences.tsx'
import { useFormat } from '../../../platform/ui/session.tsx'
import { Message, Show } from '../../../platform/ui/states.tsx'
import { DataTable } from '../../../platform/ui/table.tsx'
import { SegmentBar, ToneWord } from '../../../platform/ui/tone.tsx'
import type { Tone } from '../../../platform/ui/tones.ts'
import { NOTES } from '../../activities/class-activity.fields.ts'
import { ChangeClassStatus } from '../change-class-status/change-class-status.page.tsx'
import { nextStep, STEP_ICONS, type Step } from '../change-class-status/steps.page.tsx'
import type { StudentClassStatus } from '../class.fields.ts'
import { ClassStatusBadge } from '../list-classes/class-status.page.tsx'
import { schedulesText } from '../schedules.view.ts'
import { workloadText } from '../workload.view.ts'
import { contract } from './read-class.contract.ts'

type Class = ResponseOf<typeof contract>

export default function StaffClass() {
  const { t } = useTranslation()
  const { classId } = useParams({ strict: false }) as { classId: string }
  const query = useApi(contract, { classId })
  const back = { label: t('manageClasses.title'), to: '/app/classes' }
  return (
    <Show
      query={query}
      page
      action={
        <Button component={Link} to={back.to} variant="default">
          {back.label}
        </Button>
      }
    >
      {(shown) => (
        <>
          <PageHeader title={shown.discipline} crumbs={[back]} actions={<NextStep shown={shown} />}>
            <span>{t('classes.codeAndPeriod', { code: shown.code, period: shown.period.id })}</span>
            <span>{shown.teacher.name}</span>
            <ClassStatusBadge status={shown.status} />
          </PageHeader>
          <Facts shown={shown} />
          <Parts shown={shown} />
        </>
      )}
    </Show>
  )
}

const givenOf = ({ lessons }: Class) => lessons.filter(({ status }) => status === 'finalized').length

function NextStep({ shown }: { shown: Class }) {
  const { t } = useTranslation()
  // While the dialog fades out it still shows the step that was taken, though the class has moved on.
  const [dialog, setDialog] = useState<{ isOpen: boolean; step?: Step; shown: Class }>({ isOpen: false, shown })
  const step = nextStep(shown.status)
  const close = () => setDialog((before) => ({ ...before, isOpen: false }))
  const StepIcon = step && STEP_ICONS[step]
  const { shown: about } = dialog
  const missing = useMissing(shown)
  const missingId = useId()
  return (
    <>
      {step && StepIcon && (
        <Stack gap={4} align="flex-end">
          <Button
            // A step that cannot be undone is not the first thing that offers itself.
            variant={step === 'finalize' ? 'default' : 'filled'}
            leftSection={<StepIcon size={16} aria-hidden />}
            aria-describedby={missing ? missingId : undefined}
            onClick={() => setDialog({ isOpen: true, step, shown })}
          >
            {t(`lifeCycle.button.${step}`)}
          </Button>
          {missing && (
            <Text size="sm" c="dimmed" id={missingId}>
              {missing}
            </Text>
          )}
        </Stack>
      )}
      <Modal
        opened={dialog.isOpen}
        onClose={close}
        title={dialog.step && t(`lifeCycle.button.${dialog.step}`)}
        closeButtonProps={{ 'aria-label': t('form.close') }}
        size="lg"
      >
        {dialog.step && (
          <ChangeClassStatus
            step={dialog.step}
            classes={[
              {
                id: about.id,
                discipline: about.discipline,
                teacher: about.teacher.name,
                schedules: about.schedules,
                students: about.students.length,
                lessons: about.lessons.length,
                finalizedLessons: givenOf(about),
              },
            ]}
            onClose={close}
          />
        )}
      </Modal>
    </>
  )
}

/** The steps left before a started class can be finalized, in words. */
function useMissing({ status, lessons, students }: Class): string | undefined {
  const { t } = useTranslation()
  const { list } = useFormat()
  if (status !== 'started') return undefined
  const lessonsLeft = lessons.filter((lesson) => lesson.status !== 'finalized').length
  const notesLeft = students.flatMap(({ notes }) => notes.filter(({ note }) => note === null)).length
  const left = [
    ...(lessonsLeft > 0 ? [t('lifeCycle.lessonsLeft', { count: lessonsLeft })] : []),
    ...(notesLeft > 0 ? [t('lifeCycle.notesLeft', { count: notesLeft })] : []),
  ]
  return left.length > 0 ? t('lifeCycle.left', { left: list(left) }) : undefined
}

function Facts({ shown }: { shown: Class }) {
  const { t } = useTranslation()
  const { number, frequencyText, day } = useFormat(shown.timeZone)
  const { language } = usePreferredLanguage()
  const taken = shown.students.length
  const given = givenOf(shown)
  const seats = t('manageClasses.seatsOf', { students: number(taken), vacancies: number(shown.vacancies) })
  const lessons = t('manageClasses.of', { done: number(given), total: number(shown.lessons.length) })
  const bar = (name: string, value: number, total: number, text: string) => (
    <SegmentBar segments={[{ tone: 'accent', value }]} total={total} done={value} label={name} valueText={text} />
  )
  return (
    <Figures
      figures={[
        {
          name: t('manageClasses.seats'),
          value: seats,
          bar: bar(t('manageClasses.seats'), Math.min(taken, shown.vacancies), shown.vacancies, seats),
        },
        {
          name: t('manageClasses.lessons'),
          value: shown.lessons.length === 0 ? '–' : lessons,
          bar: shown.lessons.length > 0 && bar(t('manageClasses.lessons'), given, shown.lessons.length, lessons),
          hint: `${unbroken(day(shown.period.startAt))} – ${unbroken(day(shown.period.endAt))}`,
        },
        {
          name: t('manageClasses.frequency'),
          value: given === 0 ? '–' : frequencyText(shown.frequency),
          ...(given === 0 ? { hint: t('manageClasses.noFrequency') } : {}),
        },
        {
          name: t('manageClasses.workload'),
          value: workloadText(shown.workloadMinutes, language),
          hint: schedulesText(shown.schedules, language),
        },
      ]}
    />
  )
}

function Parts({ shown }: { shown: Class }) {
  const { t } = useTranslation()
  const { tab } = useSearch({ strict: false }) as { tab?: string }
  const navigate = useNavigate()
  return (
    <Tabs
      value={tab === 'students' ? 'students' : 'lessons'}
      onChange={(value) => void navigate({ to: '.', search: { tab: value ?? 'lessons' } as never, replace: true })}
      keepMounted={false}
    >
      <Tabs.List mb="lg">
        <Tabs.Tab value="lessons" leftSection={<IconCalendarEvent size={16} aria-hidden />}>
          {t('manageClasses.lessonsTab', { count: shown.lessons.length })}
        </Tabs.Tab>
        <Tabs.Tab value="students" leftSection={<IconUsers size={16} aria-hidden />}>
          {t('class.studentsTab', { count: shown.students.length })}
        </Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="lessons">
        <Lessons shown={shown} />
      </Tabs.Panel>
      <Tabs.Panel value="students">
        <Students shown={shown} />
      </Tabs.Panel>
    </Tabs>
  )
}

/** `?lesson=` is the one that somebody was led to. */
function Lessons({ shown }: { shown: Class }) {
  const { t } = useTranslation()
  const { lesson: current } = useSearch({ strict: false }) as { lesson?: unknown }
  const { day, number, frequencyText } = useFormat(shown.timeZone)
  if (shown.lessons.length === 0)
    return (
      <Message icon={IconCalendarEvent} title={t('manageClasses.noLessons')}>
        {shown.schedules.length > 0 && t('manageClasses.noLessonsHint')}
      </Message>
    )
  return (
    <DataTable
      label={t('manageClasses.lessonsTab', { count: shown.lessons.length })}
      rows={shown.lessons}
      keyOf={({ id }) => id}
      current={typeof current === 'string' ? current : undefined}
      columns={[
        {
          head: t('manageClasses.lesson'),
          rowHeader: true,
          cell: (lesson) => t('manageClasses.lessonNumber', { number: lesson.number }),
        },
        { head: t('manageClasses.date'), cell: ({ date }) => day(date) },
        { head: t('manageClasses.hours'), cell: ({ startAt, endAt }) => `${startAt}–${endAt}` },
        {
          head: t('manageClasses.status'),
          cell: ({ status, date }) =>
            status === 'finalized' ? (
              <ToneWord tone="good" icon={IconCircleCheck}>
                {t('manageClasses.lessonStatus.finalized')}
              </ToneWord>
            ) : shown.status === 'started' && date < shown.today ? (
              <ToneWord tone="warn" icon={IconAlertTriangle}>
                {t('manageClasses.lessonStatus.overdue')}
              </ToneWord>
            ) : (
              <ToneWord tone="quiet" icon={IconClock}>
                {t('manageClasses.lessonStatus.pending')}
              </ToneWord>
            ),
        },
        {
          head: t('manageClasses.frequency'),
          numeric: true,
          cell: ({ present, records, frequency }) =>
            records === 0 ? (
              <None>{t('manageClasses.noFrequency')}</None>
            ) : (
              <span title={t('manageClasses.present', { present: number(present), records: number(records) })}>
                {frequencyText(frequency)}
              </span>
            ),
        },
      ]}
    />
  )
}

const RESULT_TONES: Record<StudentClassStatus, Tone> = {
  enrolled: 'quiet',
  approved: 'good',
  'failed-by-note': 'bad',
  'failed-by-frequency': 'bad',
  exempt: 'quiet',
}

function Students({ shown }: { shown: Class }) {
  const { t } = useTranslation()
  const { number, frequencyText } = useFormat(shown.timeZone)
  if (shown.students.length === 0)
    return (
      <Message icon={IconUsers} title={t('manageClasses.noStudents')}>
        {t('manageClasses.noStudentsHint')}
      </Message>
    )
  const grade = (value: number | null | undefined) =>
    value === null || value === undefined ? <None>{t('class.notGraded')}</None> : number(value, 2)
  return (
    <DataTable
      label={t('class.students')}
      rows={shown.students}
      keyOf={({ id }) => id}
      columns={[
        {
          head: t('class.student'),
          rowHeader: true,
          cell: ({ name, enrollmentCode }) => (
            <>
              <Text fw={600} inherit>
                {name}
              </Text>
              <Text size="sm" c="dimmed">
                {enrollmentCode}
              </Text>
            </>
          ),
        },
        ...NOTES.map((note) => ({
          head: note,
          numeric: true,
          cell: ({ notes }: Class['students'][number]) => grade(notes.find(({ type }) => type === note)?.note),
        })),
        { head: t('class.mean'), numeric: true, cell: ({ averageNote }) => <strong>{grade(averageNote)}</strong> },
        {
          head: t('manageClasses.frequency'),
          numeric: true,
          cell: ({ records, frequency }) =>
            records === 0 ? <None>{t('manageClasses.noFrequency')}</None> : frequencyText(frequency),
        },
        {
          head: t('manageClasses.result'),
          cell: ({ status }) => (
            <ToneWord
              tone={RESULT_TONES[status]}
              icon={RESULT_TONES[status] === 'bad' ? IconAlertTriangle : IconCircleCheck}
            >
              {t(`class.studentStatus.${status}`)}
            </ToneWord>
          ),
        },
      ]}
    />
  )
}

/** A dash to the eye, words to the ear. */
function None({ children }: { children: string }) {
  return (
    <Text component="span" c="dimmed" inherit fw={400} title={children}>
      <span aria-hidden="true">–</span>
      <VisuallyHidden>{children}</VisuallyHidden>
    </Text>
  )
}

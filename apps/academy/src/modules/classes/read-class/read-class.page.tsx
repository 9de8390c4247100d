/** One class of a teacher: its activities with what they weigh, its lessons, its students with grades and attendance. */
import { Anchor, Button, Group, Paper, Tabs, Text, VisuallyHidden } from '@mantine/core'
import { IconCalendarCheck, IconCheck, IconClipboardList, IconPencil, IconPlus, IconUsers } from '@tabler/icons-react'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { ResponseOf } from '../../../platform/http/endpoint.ts'
import { useApi } from '../../../platform/ui/api.tsx'
import { unbroken } from '../../../platform/ui/format.ts'
import { LimitBar } from '../../../platform/ui/limit-bar.tsx'
import { PageHeader } from '../../../platform/ui/page-header.tsx'
import { useFormat, usePerson } from '../../../platform/ui/session.tsx'
import { Message, Show } from '../../../platform/ui/states.tsx'
import { DataTable } from '../../../platform/ui/table.tsx'
import { SegmentBar, ToneBadge } from '../../../platform/ui/tone.tsx'
import { NOTES } from '../../activities/class-activity.fields.ts'
import { contract } from './read-class.contract.ts'
import classes from './read-class.page.module.css'

type Class = ResponseOf<typeof contract>

const TABS = ['activities', 'lessons', 'students'] as const

export default function ClassPage() {
  const { t } = useTranslation()
  const { classId } = useParams({ strict: false }) as { classId: string }
  const { tab } = useSearch({ strict: false }) as { tab?: string }
  const navigate = useNavigate()
  const query = useApi(contract, { classId })
  const back = { label: t('classes.title'), to: '/app/classes' }
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
          <PageHeader
            title={shown.discipline}
            crumbs={[back]}
            actions={
              shown.status === 'started' && (
                <Button
                  component={Link}
                  to="/app/classes/$classId/activities/new"
                  params={{ classId } as never}
                  leftSection={<IconPlus size={16} aria-hidden />}
                >
                  {t('activity.new')}
                </Button>
              )
            }
          >
            <span>{t('classes.codeAndPeriod', { code: shown.code, period: shown.period.id })}</span>
            <span>{t(`class.status.${shown.status}`)}</span>
          </PageHeader>
          <Tabs
            value={TABS.find((each) => each === tab) ?? 'activities'}
            onChange={(value) =>
              void navigate({
                to: '/app/classes/$classId',
                params: { classId } as never,
                search: { tab: value ?? 'activities' } as never,
                replace: true,
              })
            }
            keepMounted={false}
          >
            <Tabs.List mb="lg" className={classes.tabs ?? ''}>
              <Tabs.Tab value="activities" leftSection={<IconClipboardList size={16} aria-hidden />}>
                {t('class.activitiesTab', { count: shown.activities.length })}
              </Tabs.Tab>
              <Tabs.Tab value="lessons" leftSection={<IconCalendarCheck size={16} aria-hidden />}>
                {t('class.lessonsTab', { count: shown.lessons.length })}
              </Tabs.Tab>
              <Tabs.Tab value="students" leftSection={<IconUsers size={16} aria-hidden />}>
                {t('class.studentsTab', { count: shown.students.length })}
              </Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="activities">
              <Activities shown={shown} />
            </Tabs.Panel>
            <Tabs.Panel value="lessons">
              <Lessons shown={shown} />
            </Tabs.Panel>
            <Tabs.Panel value="students">
              <Students shown={shown} />
            </Tabs.Panel>
          </Tabs>
        </>
      )}
    </Show>
  )
}

function Activities({ shown }: { shown: Class }) {
  const { t } = useTranslation()
  const { dayTime, percent } = useFormat(shown.timeZone)
  return (
    <>
      <Paper withBorder component="ul" className={classes.weights} aria-label={t('class.weights')}>
        {NOTES.map((note) => {
          const remaining = shown.remainingWeights[note]
          const used = 100 - remaining
          const text = t('class.weightUsed', { used: percent(used), remaining: percent(remaining) })
          return (
            <li key={note}>
              <div className={classes.weightText}>
                <strong>{note}</strong>
                <Text size="sm" c="dimmed">
                  {text}
                </Text>
              </div>
              <SegmentBar
                segments={[{ tone: 'accent', value: used }]}
                total={100}
                done={used}
                label={t('class.weightOf', { note })}
                valueText={text}
              />
            </li>
          )
        })}
      </Paper>
      {shown.activities.length === 0 ? (
        <Message
          icon={IconClipboardList}
          title={t('class.noActivities')}
          action={
            shown.status === 'started' && (
              <Button
                component={Link}
                to="/app/classes/$classId/activities/new"
                params={{ classId: shown.id } as never}
              >
                {t('class.publishFirst')}
              </Button>
            )
          }
        >
          {shown.status === 'started'
            ? t('class.noActivitiesHint')
            : shown.status !== 'finalized' && t('class.activitiesOnceStarted')}
        </Message>
      ) : (
        <DataTable
          label={t('class.activities')}
          rows={shown.activities}
          keyOf={({ id }) => id}
          columns={[
            {
              head: t('activity.title'),
              rowHeader: true,
              cell: ({ id, title }) => (
                <Anchor
                  component={Link}
                  to="/app/activities/$activityId"
                  params={{ activityId: id } as never}
                  fw={600}
                  inherit
                >
                  {title}
                </Anchor>
              ),
            },
            { head: t('activity.type'), cell: ({ type }) => t(`activity.types.${type}`) },
            { head: t('activity.note'), cell: ({ note }) => note },
            { head: t('activity.weight'), numeric: true, cell: ({ weight }) => percent(weight) },
            { head: t('activity.due'), cell: ({ dueDate, dueHour }) => dayTime(dueDate, dueHour) },
          ]}
        />
      )}
    </>
  )
}

type Lesson = Class['lessons'][number]

function Lessons({ shown }: { shown: Class }) {
  const { t } = useTranslation()
  const { day, dayTime, number, frequencyText } = useFormat(shown.timeZone)
  if (shown.lessons.length === 0)
    return (
      <Message icon={IconCalendarCheck} title={t('class.noLessons')}>
        {t('class.noLessonsHint')}
      </Message>
    )
  const isGiven = ({ date }: Lesson) => date <= shown.today
  const isTaken = ({ status }: Lesson) => status === 'finalized'
  const taken = shown.lessons.filter(isTaken)
  const next =
    shown.status === 'started' ? shown.lessons.find((lesson) => isGiven(lesson) && !isTaken(lesson)) : undefined
  const takenText = t('class.lessonsTaken', { taken: number(taken.length), count: shown.lessons.length })
  return (
    <>
      <Paper withBorder className={classes.rolls}>
        <div className={classes.rollsTaken}>
          <Text size="sm">{takenText}</Text>
          <SegmentBar
            segments={[{ tone: 'accent', value: taken.length }]}
            total={shown.lessons.length}
            done={taken.length}
            label={t('class.lessons')}
            valueText={takenText}
          />
        </div>
        <Text size="sm" c="dimmed">
          {t('class.frequency', { frequency: frequencyText(shown.frequency) })}
        </Text>
        {next && (
          <Button
            component={Link}
            to="/app/classes/$classId/lessons/$lessonId"
            params={{ classId: shown.id, lessonId: next.id } as never}
            leftSection={<IconCalendarCheck size={16} aria-hidden />}
          >
            {t('lesson.takeNext', { number: next.number, day: day(next.date) })}
          </Button>
        )}
      </Paper>
      <DataTable
        label={t('class.lessons')}
        rows={shown.lessons}
        keyOf={({ id }) => id}
        columns={[
          {
            head: t('lesson.one'),
            rowHeader: true,
            cell: (lesson) => (
              <Text fw={600} inherit>
                {t('lesson.number', { number: lesson.number })}
              </Text>
            ),
          },
          {
            head: t('lesson.when'),
            cell: ({ date, startAt, endAt }) => dayTime(date, unbroken(`${startAt}–${endAt}`)),
          },
          {
            head: t('lesson.roll'),
            cell: (lesson) =>
              isTaken(lesson) ? (
                <ToneBadge tone="good" icon={IconCheck}>
                  {t('lesson.taken')}
                </ToneBadge>
              ) : isGiven(lesson) ? (
                <ToneBadge tone="warn">{t('lesson.pending')}</ToneBadge>
              ) : (
                <ToneBadge tone="quiet">{t('lesson.toCome')}</ToneBadge>
              ),
          },
          {
            head: t('lesson.presence'),
            cell: ({ number: lesson, records, present, frequency }) =>
              records === 0 ? (
                <Text component="span" c="dimmed" inherit>
                  –
                </Text>
              ) : (
                <span className={classes.share}>
                  <SegmentBar
                    segments={[{ tone: 'accent', value: present }]}
                    total={records}
                    done={present}
                    label={t('lesson.presenceIn', { number: lesson })}
                    valueText={frequencyText(frequency)}
                  />
                  <span>{t('lesson.presentOf', { present: number(present), records: number(records) })}</span>
                </span>
              ),
          },
          {
            head: t('lesson.actions'),
            action: true,
            cell: (lesson) =>
              isGiven(lesson) && (
                <Button
                  component={Link}
                  to="/app/classes/$classId/lessons/$lessonId"
                  params={{ classId: shown.id, lessonId: lesson.id } as never}
                  size="compact-sm"
                  variant={isTaken(lesson) ? 'default' : 'light'}
                  aria-label={t(isTaken(lesson) ? 'lesson.openOf' : 'lesson.takeOf', { number: lesson.number })}
                >
                  {isTaken(lesson) ? t('lesson.open') : t('lesson.take')}
                </Button>
              ),
          },
        ]}
      />
    </>
  )
}

function Students({ shown }: { shown: Class }) {
  const { t } = useTranslation()
  const { number, frequencyText, limitText } = useFormat(shown.timeZone)
  const { institution } = usePerson()
  if (shown.students.length === 0)
    return (
      <Message icon={IconUsers} title={t('class.noStudents')}>
        {t('class.noStudentsHint')}
      </Message>
    )
  const grade = (value: number | null | undefined) =>
    value === null || value === undefined ? <NotGraded /> : number(value, 2)
  return (
    <>
      <Group justify="flex-end" mb="md">
        <Button
          component={Link}
          to="/app/classes/$classId/notes"
          params={{ classId: shown.id } as never}
          variant="light"
          leftSection={<IconPencil size={16} aria-hidden />}
        >
          {t('grading.title')}
        </Button>
      </Group>
      <DataTable
        label={t('class.students')}
        rows={shown.students}
        keyOf={({ id }) => id}
        columns={[
          {
            head: t('class.student'),
            rowHeader: true,
            cell: ({ name, enrollmentCode, status }) => (
              <>
                <Text fw={600} inherit>
                  {name}
                </Text>
                <Text size="sm" c="dimmed">
                  {status === 'enrolled' ? enrollmentCode : `${enrollmentCode} · ${t(`class.studentStatus.${status}`)}`}
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
            head: t('frequency.title'),
            cell: ({ name, frequency, records }) => {
              const text = frequencyText(frequency)
              return records === 0 ? (
                <Text component="span" c="dimmed" inherit>
                  <span aria-hidden="true">–</span>
                  <VisuallyHidden>{t('frequency.noRecords')}</VisuallyHidden>
                </Text>
              ) : (
                <span className={classes.share}>
                  <LimitBar
                    value={frequency}
                    max={100}
                    limit={institution.frequencyLimit}
                    label={t('frequency.ofStudent', { name })}
                    valueText={t('frequency.ofLimit', {
                      frequency: text,
                      limit: limitText(institution.frequencyLimit),
                    })}
                  />
                  <span>{text}</span>
                </span>
              )
            },
          },
        ]}
      />
    </>
  )
}

function NotGraded() {
  const { t } = useTranslation()
  return (
    <Text component="span" c="dimmed" inherit fw={400} title={t('class.notGraded')}>
      <span aria-hidden="true">–</span>
      <VisuallyHidden>{t('class.notGraded')}</VisuallyHidden>
    </Text>
  )
}

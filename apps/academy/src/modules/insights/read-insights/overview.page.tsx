/** The institution at a glance, for its staff: how much there is of what, each a way to it, and how the term stands. */
import { Anchor, Paper, Text, Title } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { ResponseOf } from '../../../platform/http/endpoint.ts'
import { useApi } from '../../../platform/ui/api.tsx'
import { Bars } from '../../../platform/ui/bars.tsx'
import { PageHeader } from '../../../platform/ui/page-header.tsx'
import { useFormat, usePerson } from '../../../platform/ui/session.tsx'
import { Show } from '../../../platform/ui/states.tsx'
import { SegmentBar, ToneWord } from '../../../platform/ui/tone.tsx'
import { SHOWN_CLASS_STATUSES } from '../../classes/class.fields.ts'
import classes from './overview.page.module.css'
import { contract } from './read-insights.contract.ts'

type Overview = Extract<ResponseOf<typeof contract>, { role: 'staff' }>

/** Each figure, and the page that lists what it counts. */
const FIGURES = [
  ['students', '/app/students'],
  ['teachers', '/app/teachers'],
  ['classes', '/app/classes'],
  ['courses', '/app/courses'],
  ['disciplines', '/app/disciplines'],
  ['curricula', '/app/curricula'],
  ['offerings', '/app/offerings'],
  ['campi', '/app/campi'],
  ['notifications', '/app/notifications/sent'],
] as const

export default function OverviewPage() {
  const { t } = useTranslation()
  const { institution } = usePerson()
  const query = useApi(contract, {})
  return (
    <>
      <PageHeader title={t('overview.title')}>{institution.name}</PageHeader>
      <Show query={query}>{(insights) => insights.role === 'staff' && <Charts overview={insights} />}</Show>
    </>
  )
}

function Charts({ overview }: { overview: Overview }) {
  const { t } = useTranslation()
  const { number } = useFormat()
  return (
    <>
      <ul className={classes.figures} aria-label={t('overview.figures')}>
        {FIGURES.map(([name, page]) => (
          <li key={name}>
            <Link to={page} className={classes.figure}>
              <strong>{number(overview[name])}</strong>
              <span>{t(`overview.figure.${name}`)}</span>
            </Link>
          </li>
        ))}
      </ul>
      <div className={classes.charts}>
        <Chart title={t('overview.underWay')} className={classes.wide}>
          <UnderWay overview={overview} />
        </Chart>
        <Chart title={t('overview.byStatus')}>
          {overview.classes === 0 ? (
            <Text c="dimmed">{t('overview.noClasses')}</Text>
          ) : (
            <Bars
              label={t('overview.byStatus')}
              bars={SHOWN_CLASS_STATUSES.map((status) => ({
                key: status,
                name: t(`class.status.${status}`),
                amount: overview.classesByStatus[status],
                text: number(overview.classesByStatus[status]),
              }))}
            />
          )}
        </Chart>
        <Chart title={t('overview.byCourse')}>
          {overview.studentsByCourse.length === 0 ? (
            <Text c="dimmed">{t('overview.noStudents')}</Text>
          ) : (
            <Bars
              label={t('overview.byCourse')}
              bars={overview.studentsByCourse.map(({ course, students }) => ({
                key: course,
                name: course,
                amount: students,
                text: number(students),
              }))}
            />
          )}
        </Chart>
      </div>
    </>
  )
}

function Chart({ title, className, children }: { title: string; className?: string | undefined; children: ReactNode }) {
  return (
    <Paper withBorder component="section" aria-label={title} className={`${classes.chart} ${className ?? ''}`}>
      <Title order={2} size="h3" mb="sm">
        {title}
      </Title>
      {children}
    </Paper>
  )
}

function UnderWay({ overview: { classesByStatus, underWay } }: { overview: Overview }) {
  const { t } = useTranslation()
  const { number, day, frequencyText } = useFormat()
  const { seats, enrollments, lessons, finalizedLessons, frequency } = underWay
  const { lessonsWithoutAttendance, oldestWithoutAttendance } = underWay
  if (classesByStatus.started === 0) return <Text c="dimmed">{t('overview.nothingUnderWay')}</Text>
  const ofTotal = (done: number, total: number) => t('overview.of', { done: number(done), total: number(total) })
  const meters: { name: string; done: number; total: number; text: string; hint?: string }[] = [
    { name: t('overview.seats'), done: enrollments, total: seats, text: ofTotal(enrollments, seats) },
    lessons === 0
      ? { name: t('overview.lessons'), done: 0, total: 0, text: '–', hint: t('class.noLessons') }
      : {
          name: t('overview.lessons'),
          done: finalizedLessons,
          total: lessons,
          text: ofTotal(finalizedLessons, lessons),
        },
    {
      name: t('overview.frequency'),
      done: frequency,
      total: 100,
      text: finalizedLessons === 0 ? '–' : frequencyText(frequency),
      ...(finalizedLessons === 0 ? { hint: t('overview.noFrequency') } : {}),
    },
  ]
  return (
    <>
      <dl className={classes.meters}>
        {meters.map(({ name, done, total, text, hint }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className={classes.value}>{text}</dd>
            <dd>
              <SegmentBar
                segments={[{ tone: 'accent', value: Math.min(done, total) }]}
                total={total}
                done={Math.min(done, total)}
                label={name}
                valueText={hint ?? text}
              />
              {hint && (
                <Text size="sm" c="dimmed" mt={4}>
                  {hint}
                </Text>
              )}
            </dd>
          </div>
        ))}
      </dl>
      {lessonsWithoutAttendance > 0 ? (
        <>
          <ToneWord tone="warn" icon={IconAlertTriangle}>
            {t('overview.missing', { count: lessonsWithoutAttendance })}
          </ToneWord>
          <ul className={classes.overdue}>
            {oldestWithoutAttendance.map(({ lessonId, classId, discipline, number: nth, date }) => (
              <li key={lessonId}>
                <Anchor
                  component={Link}
                  to="/app/classes/$classId"
                  params={{ classId } as never}
                  search={{ tab: 'lessons', lesson: lessonId } as never}
                >
                  {t('overview.missingLesson', { discipline, number: number(nth), date: day(date) })}
                </Anchor>
              </li>
            ))}
            {lessonsWithoutAttendance > oldestWithoutAttendance.length && (
              <li>
                <Anchor component={Link} to="/app/classes" search={{ status: 'started' } as never}>
                  {t('overview.missingMore', { count: lessonsWithoutAttendance - oldestWithoutAttendance.length })}
                </Anchor>
              </li>
            )}
          </ul>
        </>
      ) : (
        lessons > 0 && (
          <ToneWord tone="good" icon={IconCircleCheck}>
            {t('overview.noneMissing')}
          </ToneWord>
        )
      )}
    </>
  )
}

/**
 * A teacher's classes, each with what is mostly done with it: open it, publish an activity, take the roll; what they add up to;
 * and those that are to start.
 */
import { Button, Paper, SimpleGrid, Text, Title } from '@mantine/core'
import {
  IconCalendarCheck,
  IconChalkboard,
  IconClipboardList,
  IconClock,
  IconPlus,
  IconUsers,
} from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useApi } from '../../../platform/ui/api.tsx'
import { Figures } from '../../../platform/ui/figures.tsx'
import { PageHeader } from '../../../platform/ui/page-header.tsx'
import { usePreferredLanguage } from '../../../platform/ui/preferences.tsx'
import { useFormat } from '../../../platform/ui/session.tsx'
import { Message, Show } from '../../../platform/ui/states.tsx'
import { SegmentBar } from '../../../platform/ui/tone.tsx'
import { contract as insights } from '../../insights/read-insights/read-insights.contract.ts'
import { schedulesText } from '../schedules.view.ts'
import { ClassStatusBadge } from './class-status.page.tsx'
import { contract } from './list-classes.contract.ts'
import classes from './list-classes.page.module.css'

export default function MyClasses() {
  const { t } = useTranslation()
  const query = useApi(contract, {})
  return (
    <>
      <PageHeader title={t('classes.title')} />
      <Show query={query}>
        {({ classes: mine }) =>
          mine.length === 0 ? (
            <Message icon={IconChalkboard} title={t('classes.none')}>
              {t('classes.noneHint')}
            </Message>
          ) : (
            <>
              <Insights />
              <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} component="ul" className={classes.list}>
                {mine.map((each) => (
                  <Paper key={each.id} withBorder component="li" className={classes.card}>
                    <div>
                      <Title order={2} size="h3">
                        <Link to="/app/classes/$classId" params={{ classId: each.id }} className={classes.link}>
                          {each.discipline}
                        </Link>
                      </Title>
                      <Text size="sm" c="dimmed">
                        {t('classes.codeAndPeriod', { code: each.code, period: each.period })}
                      </Text>
                    </div>
                    <div className={classes.counts}>
                      <span>
                        <IconUsers size={16} aria-hidden /> {t('classes.students', { count: each.students })}
                      </span>
                      <span>
                        <IconClipboardList size={16} aria-hidden />{' '}
                        {t('classes.activities', { count: each.activities })}
                      </span>
                    </div>
                    <div className={classes.actions}>
                      <Button
                        component={Link}
                        to="/app/classes/$classId/activities/new"
                        params={{ classId: each.id } as never}
                        variant="light"
                        leftSection={<IconPlus size={16} aria-hidden />}
                        aria-label={t('classes.newActivityIn', { discipline: each.discipline })}
                      >
                        {t('activity.new')}
                      </Button>
                      <Button
                        component={Link}
                        to="/app/classes/$classId"
                        params={{ classId: each.id } as never}
                        search={{ tab: 'lessons' } as never}
                        variant="default"
                        leftSection={<IconCalendarCheck size={16} aria-hidden />}
                        aria-label={t('classes.rollOf', { discipline: each.discipline })}
                      >
                        {t('lesson.roll')}
                      </Button>
                    </div>
                  </Paper>
                ))}
              </SimpleGrid>
            </>
          )
        }
      </Show>
      <Upcoming />
    </>
  )
}

/** Those that staff have released and not started yet: nothing is to be done with them, but they are one's own. */
function Upcoming() {
  const { t } = useTranslation()
  const { language } = usePreferredLanguage()
  const { number } = useFormat()
  const waiting = useApi(contract, { status: 'awaiting-start' })
  const released = useApi(contract, { status: 'enrollment' })
  const upcoming = [waiting, released].flatMap(({ data }) => data?.classes ?? [])
  if (upcoming.length === 0) return null
  return (
    <section aria-labelledby="upcoming">
      <Title order={2} id="upcoming" mt="xl" mb="sm">
        {t('classes.upcoming')}
      </Title>
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} component="ul" className={classes.list}>
        {upcoming.map(({ id, discipline, code, period, status, students, vacancies, schedules }) => (
          <Paper key={id} withBorder component="li" className={classes.card}>
            <div>
              <Title order={3}>
                <Link to="/app/classes/$classId" params={{ classId: id }} className={classes.link}>
                  {discipline}
                </Link>
              </Title>
              <Text size="sm" c="dimmed">
                {t('classes.codeAndPeriod', { code, period })}
              </Text>
            </div>
            <div className={classes.counts}>
              <span>
                <IconUsers size={16} aria-hidden />{' '}
                {t('classes.seats', { count: vacancies, students: number(students) })}
              </span>
              {schedules.length > 0 && (
                <span>
                  <IconClock size={16} aria-hidden /> {schedulesText(schedules, language)}
                </span>
              )}
            </div>
            <div>
              <ClassStatusBadge status={status} />
            </div>
          </Paper>
        ))}
      </SimpleGrid>
    </section>
  )
}

/** Only a help to the eye: without the figures the classes are still all here. */
function Insights() {
  const { t } = useTranslation()
  const { number } = useFormat()
  const { data } = useApi(insights, {})
  if (data?.role !== 'teacher') return null
  const { students, lessons, finalizedLessons } = data
  const taken = t('class.lessonsTaken', { taken: number(finalizedLessons), count: lessons })
  return (
    <Figures
      figures={[
        { name: t('insights.classes'), value: number(data.classes) },
        { name: t('insights.students'), value: number(students), hint: t('insights.studentsHint') },
        {
          name: t('insights.lessons'),
          value: number(lessons),
          ...(lessons > 0 ? { hint: taken } : {}),
          bar: lessons > 0 && (
            <SegmentBar
              segments={[{ tone: 'accent', value: finalizedLessons }]}
              total={lessons}
              done={finalizedLessons}
              label={t('insights.rolls')}
              valueText={taken}
            />
          ),
        },
      ]}
    />
  )
}

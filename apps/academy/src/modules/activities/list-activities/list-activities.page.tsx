/** A student's first page: what is due, soonest first, and what is behind them. */
import { useNow } from '@cascata/console/page-kit'
import { Anchor, Paper, Stack, Text, Title } from '@mantine/core'
import { IconMoodSmile } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useApi } from '../../../platform/ui/api.tsx'
import { Figures } from '../../../platform/ui/figures.tsx'
import { todayIn } from '../../../platform/ui/format.ts'
import { LimitBar } from '../../../platform/ui/limit-bar.tsx'
import { PageHeader } from '../../../platform/ui/page-header.tsx'
import { useFormat, usePerson } from '../../../platform/ui/session.tsx'
import { Message, Show } from '../../../platform/ui/states.tsx'
import { SegmentBar, ToneBadge } from '../../../platform/ui/tone.tsx'
import { contract as insights } from '../../insights/read-insights/read-insights.contract.ts'
import { contract as listNotifications } from '../../notifications/list-notifications/list-notifications.contract.ts'
import { DueBadge } from '../read-activity/due-badge.page.tsx'
import { type Activities, groupByDue } from './activities-by-due.view.ts'
import { contract } from './list-activities.contract.ts'
import classes from './list-activities.page.module.css'

const MINUTE_MS = 60_000

export default function Home() {
  const { t } = useTranslation()
  const { name } = usePerson()
  const now = useNow(MINUTE_MS)
  const query = useApi(contract, {})
  // Only a help to the eye: without the notices the activities are still all here.
  const notices = useApi(listNotifications, {})
  const unread = new Set(notices.data?.notifications.filter(({ viewedAt }) => !viewedAt).map(({ link }) => link))
  return (
    <>
      <PageHeader title={t('home.greeting', { name: name.split(' ')[0] ?? name })} />
      <Insights />
      <Show query={query}>
        {({ activities, timeZone }) => {
          if (activities.length === 0)
            return (
              <Message icon={IconMoodSmile} title={t('home.none')}>
                {t('home.noneHint')}
              </Message>
            )
          const groups = groupByDue(activities, todayIn(timeZone, now))
          return (
            <Stack gap="xl">
              {(['thisWeek', 'later', 'past'] as const).map(
                (group) =>
                  groups[group].length > 0 && (
                    <section key={group} aria-labelledby={`due-${group}`}>
                      <Title order={2} id={`due-${group}`} mb="sm">
                        {t(`home.due.${group}`)}
                      </Title>
                      <ul className={classes.list}>
                        {groups[group].map((activity) => (
                          <Item key={activity.id} activity={activity} timeZone={timeZone} unread={unread} />
                        ))}
                      </ul>
                    </section>
                  ),
              )}
            </Stack>
          )
        }}
      </Show>
    </>
  )
}

/** Only a help to the eye: without the figures the activities are still all here. */
function Insights() {
  const { t } = useTranslation()
  const { institution } = usePerson()
  const { number, frequencyText, limitText } = useFormat()
  const { data } = useApi(insights, {})
  if (data?.role !== 'student') return null
  const { approvedDisciplines, disciplines, records, frequency, gradedDisciplines, averageNote } = data
  const approved = t('insights.approvedOf', { approved: number(approvedDisciplines), count: disciplines })
  const ofLimit = { frequency: frequencyText(frequency), limit: limitText(institution.frequencyLimit) }
  return (
    <Figures
      figures={[
        {
          name: t('insights.approved'),
          value: number(approvedDisciplines),
          hint: disciplines === 0 ? t('curriculum.none') : approved,
          bar: disciplines > 0 && (
            <SegmentBar
              segments={[{ tone: 'good', value: approvedDisciplines }]}
              total={disciplines}
              done={approvedDisciplines}
              label={t('insights.approved')}
              valueText={approved}
            />
          ),
        },
        {
          name: t('frequency.title'),
          value: records === 0 ? '–' : frequencyText(frequency),
          hint: t('insights.frequencyLimit', { limit: ofLimit.limit }),
          bar: records > 0 && (
            <LimitBar
              value={frequency}
              max={100}
              limit={institution.frequencyLimit}
              label={t('frequency.title')}
              valueText={t('frequency.ofLimit', ofLimit)}
            />
          ),
        },
        {
          name: t('notes.overall'),
          value: gradedDisciplines === 0 ? '–' : number(averageNote, 2),
          hint: t('notes.overallHint', { count: gradedDisciplines }),
        },
      ]}
    />
  )
}

function Item({
  activity,
  timeZone,
  unread,
}: {
  activity: Activities[number]
  timeZone: string
  unread: ReadonlySet<string>
}) {
  const { t } = useTranslation()
  const { dayTime, percent } = useFormat(timeZone)
  return (
    <Paper withBorder component="li" className={classes.item}>
      <div className={classes.what}>
        <div className={classes.titleLine}>
          <Anchor
            component={Link}
            to="/app/activities/$activityId"
            params={{ activityId: activity.id } as never}
            className={classes.link}
          >
            {activity.title}
          </Anchor>
          {unread.has(`/app/activities/${activity.id}`) && <ToneBadge tone="busy">{t('home.new')}</ToneBadge>}
        </div>
        <Text size="sm" c="dimmed">
          {activity.class.discipline} · {t(`activity.types.${activity.type}`)} ·{' '}
          {t('home.weightIn', { weight: percent(activity.weight), note: activity.note })}
        </Text>
      </div>
      <div className={classes.when}>
        <DueBadge dueDate={activity.dueDate} timeZone={timeZone} />
        <Text size="sm" c="dimmed">
          {dayTime(activity.dueDate, activity.dueHour)}
        </Text>
      </div>
    </Paper>
  )
}

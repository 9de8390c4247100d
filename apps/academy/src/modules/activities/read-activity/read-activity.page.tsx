/** One activity: what it asks and until when. Its teacher also sees how the notices are going. */
import { Button, Paper, Title } from '@mantine/core'
import { Link, useParams } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useApi } from '../../../platform/ui/api.tsx'
import { LinkedText } from '../../../platform/ui/linked-text.tsx'
import { PageHeader } from '../../../platform/ui/page-header.tsx'
import { useFormat, usePerson } from '../../../platform/ui/session.tsx'
import { Loading, Show } from '../../../platform/ui/states.tsx'
import { DeliveryCard, NotFollowed } from '../follow-delivery/follow-delivery.page.tsx'
import { DueBadge } from './due-badge.page.tsx'
import { contract } from './read-activity.contract.ts'
import classes from './read-activity.page.module.css'

export default function ActivityPage() {
  const { t } = useTranslation()
  const { role } = usePerson()
  const { activityId } = useParams({ strict: false }) as { activityId: string }
  const query = useApi(contract, { activityId })
  const { dayTime, dateTime, percent } = useFormat(query.data?.timeZone)
  const teaches = role === 'teacher'
  const back = teaches ? { label: t('classes.title'), to: '/app/classes' } : { label: t('home.title'), to: '/app/home' }

  return (
    <Show
      query={query}
      page
      // A teacher who has just published comes here with no page to look at.
      loading={<Loading atOnce />}
      action={
        <Button component={Link} to={back.to} variant="default">
          {back.label}
        </Button>
      }
    >
      {(activity) => (
        <>
          <PageHeader
            title={activity.title}
            crumbs={
              teaches
                ? [
                    back,
                    {
                      label: activity.class.discipline,
                      to: '/app/classes/$classId',
                      params: { classId: activity.class.id },
                    },
                  ]
                : [back]
            }
          >
            {!teaches && <span>{activity.class.discipline}</span>}
            <span>
              {teaches ? t('activity.publishedAt', { at: dateTime(activity.createdAt) }) : activity.teacher.name}
            </span>
            <DueBadge dueDate={activity.dueDate} timeZone={activity.timeZone} />
          </PageHeader>
          <div className={classes.page}>
            {teaches && (activity.isFollowed ? <DeliveryCard activityId={activityId} /> : <NotFollowed />)}
            <Paper withBorder component="section" aria-labelledby="activity-facts" className={classes.card}>
              <Title order={2} id="activity-facts" className={classes.hidden}>
                {t('activity.facts')}
              </Title>
              <dl className={classes.facts}>
                <Fact name={t('activity.due')}>{dayTime(activity.dueDate, activity.dueHour)}</Fact>
                <Fact name={t('activity.type')}>{t(`activity.types.${activity.type}`)}</Fact>
                <Fact name={t('activity.note')}>{activity.note}</Fact>
                <Fact name={t('activity.weight')}>{percent(activity.weight)}</Fact>
              </dl>
            </Paper>
            <Paper withBorder component="section" aria-labelledby="activity-description" className={classes.card}>
              <Title order={2} id="activity-description" mb="sm">
                {t('activity.description')}
              </Title>
              <div className={classes.description}>
                <LinkedText>{activity.description}</LinkedText>
              </div>
            </Paper>
          </div>
        </>
      )}
    </Show>
  )
}

function Fact({ name, children }: { name: string; children: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

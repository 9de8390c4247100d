/** One class of a teacher: its activities with what they weigh, its students with their grades. */
import { Anchor, Button, Paper, Tabs, Text, VisuallyHidden } from '@mantine/core'
import { IconClipboardList, IconPlus, IconUsers } from '@tabler/icons-react'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { ResponseOf } from '../../../platform/http/endpoint.ts'
import { useApi } from '../../../platform/ui/api.tsx'
import { PageHeader } from '../../../platform/ui/page-header.tsx'
import { useFormat } from '../../../platform/ui/session.tsx'
import { Message, Show } from '../../../platform/ui/states.tsx'
import { DataTable } from '../../../platform/ui/table.tsx'
import { SegmentBar } from '../../../platform/ui/tone.tsx'
import { NOTES } from '../../activities/class-activity.fields.ts'
import { contract } from './read-class.contract.ts'
import classes from './read-class.page.module.css'

type Class = ResponseOf<typeof contract>

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
              <Button
                component={Link}
                to="/app/classes/$classId/activities/new"
                params={{ classId } as never}
                leftSection={<IconPlus size={16} aria-hidden />}
              >
                {t('activity.new')}
              </Button>
            }
          >
            <span>{t('classes.codeAndPeriod', { code: shown.code, period: shown.period.id })}</span>
            <span>{t(`class.status.${shown.status}`)}</span>
          </PageHeader>
          <Tabs
            value={tab === 'students' ? 'students' : 'activities'}
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
            <Tabs.List mb="lg">
              <Tabs.Tab value="activities" leftSection={<IconClipboardList size={16} aria-hidden />}>
                {t('class.activitiesTab', { count: shown.activities.length })}
              </Tabs.Tab>
              <Tabs.Tab value="students" leftSection={<IconUsers size={16} aria-hidden />}>
                {t('class.studentsTab', { count: shown.students.length })}
              </Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="activities">
              <Activities shown={shown} />
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
            <Button component={Link} to="/app/classes/$classId/activities/new" params={{ classId: shown.id } as never}>
              {t('class.publishFirst')}
            </Button>
          }
        >
          {t('class.noActivitiesHint')}
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

function Students({ shown }: { shown: Class }) {
  const { t } = useTranslation()
  const { number } = useFormat(shown.timeZone)
  if (shown.students.length === 0)
    return (
      <Message icon={IconUsers} title={t('class.noStudents')}>
        {t('class.noStudentsHint')}
      </Message>
    )
  const grade = (value: number | null | undefined) =>
    value === null || value === undefined ? <NotGraded /> : number(value, 2)
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
      ]}
    />
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

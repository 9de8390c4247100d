/** How the notices of an activity are going: the card on the teacher's activity page, and the chip that stays with them elsewhere. */
import { useNow } from '@cascata/console/page-kit'
import { Button, Collapse, Paper, Text, Title } from '@mantine/core'
import {
  IconAlertTriangle,
  IconCheck,
  IconCircle,
  IconCircleCheck,
  IconCircleMinus,
  IconClock,
  IconHelpCircle,
  IconLoader2,
  IconMailForward,
  IconRefresh,
  IconUsers,
} from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { announce } from '../../../platform/ui/announce.ts'
import { keyOf, useApi } from '../../../platform/ui/api.tsx'
import { secondsUntil } from '../../../platform/ui/format.ts'
import { LiveBadge } from '../../../platform/ui/live.tsx'
import { useFormat } from '../../../platform/ui/session.tsx'
import { Message, Show } from '../../../platform/ui/states.tsx'
import { DataTable } from '../../../platform/ui/table.tsx'
import { SegmentBar, ToneWord } from '../../../platform/ui/tone.tsx'
import {
  byUrgency,
  type DeliveryByStudent,
  type DeliverySummary,
  EMAIL_TONES,
  type EmailState,
  milestonePassed,
  progressOf,
  type Stage,
  segmentsOf,
} from './delivery-progress.view.ts'
import { delivery } from './follow-delivery.contract.ts'
import classes from './follow-delivery.page.module.css'
import { forgetDelivery } from './running-deliveries.view.ts'
import { useDelivery } from './use-delivery.page.tsx'

const STUDENTS_REFRESH_MS = 1_000

export function DeliveryCard({ activityId }: { activityId: string }) {
  const { t } = useTranslation()
  const { summary, live } = useDelivery(activityId)
  const [byStudent, setByStudent] = useState(false)
  const tableId = useId()
  useMilestones(summary)

  const over = summary !== undefined && progressOf(summary).over
  useEffect(() => {
    if (over) forgetDelivery(activityId)
  }, [over, activityId])

  return (
    <Paper withBorder component="section" aria-labelledby="delivery-title" className={classes.card}>
      <div className={classes.head}>
        <Title order={2} id="delivery-title">
          {t('delivery.title')}
        </Title>
        <LiveBadge state={live} />
      </div>
      {summary ? <Steps summary={summary} /> : <WaitingSteps />}
      {summary && summary.emails.total > 0 && (
        <>
          <Button
            variant="default"
            leftSection={<IconUsers size={16} aria-hidden />}
            aria-expanded={byStudent}
            aria-controls={tableId}
            onClick={() => setByStudent(!byStudent)}
          >
            {byStudent ? t('delivery.hideByStudent') : t('delivery.showByStudent')}
          </Button>
          <Collapse expanded={byStudent} id={tableId}>
            {byStudent && (
              <div className={classes.byStudent}>
                <ByStudent activityId={activityId} summary={summary} />
              </div>
            )}
          </Collapse>
        </>
      )}
    </Paper>
  )
}

/** Activities that were there before deliveries were followed, or whose history is gone. */
export function NotFollowed() {
  const { t } = useTranslation()
  return (
    <Paper withBorder component="section" aria-labelledby="delivery-title" className={classes.card}>
      <Title order={2} id="delivery-title" mb="xs">
        {t('delivery.title')}
      </Title>
      <Text c="dimmed">{t('delivery.notFollowed')}</Text>
    </Paper>
  )
}

function useMilestones(summary: DeliverySummary | undefined) {
  const { t } = useTranslation()
  const before = useRef<number>(undefined)
  useEffect(() => {
    if (!summary || summary.emails.total === 0) return
    const { percent } = progressOf(summary)
    const passed = before.current === undefined ? undefined : milestonePassed(before.current, percent)
    before.current = percent
    if (passed)
      announce(t('delivery.milestone', { percent: passed, sent: summary.emails.sent, total: summary.emails.total }))
  }, [summary, t])
}

function Steps({ summary }: { summary: DeliverySummary }) {
  const { t } = useTranslation()
  const { time, number } = useFormat()
  const { inApp, emails, teacherTold } = summary
  const progress = progressOf(summary)
  const of = (done: number, total: number) => t('delivery.of', { done: number(done), total: number(total) })
  return (
    <ol className={classes.steps}>
      <Step stage="done" title={t('delivery.published')} figure={time(summary.publishedAt)} />
      <Step
        stage={progress.inApp}
        title={t('delivery.inApp')}
        figure={progress.inApp === 'done' ? of(inApp.delivered, inApp.total) : undefined}
      >
        {inApp.viewed > 0 && <Text className={classes.detail}>{t('delivery.viewed', { count: inApp.viewed })}</Text>}
      </Step>
      <Step
        stage={progress.emails}
        title={t('delivery.emails')}
        figure={progress.emails === 'waiting' ? undefined : of(emails.sent, emails.total)}
      >
        {emails.total > 0 && (
          <SegmentBar
            segments={segmentsOf(summary)}
            total={emails.total}
            done={emails.sent}
            label={t('delivery.emails')}
            valueText={of(emails.sent, emails.total)}
          />
        )}
        <EmailFacts summary={summary} />
      </Step>
      <Step
        stage={progress.told}
        title={teacherTold ? teacherTold.text : t('delivery.toldAtTheEnd')}
        figure={teacherTold ? time(teacherTold.at) : undefined}
      />
    </ol>
  )
}

/** Below the bar: what is under way, what is tried again and why, what failed and why. */
function EmailFacts({ summary: { emails, retries, failures } }: { summary: DeliverySummary }) {
  const { t } = useTranslation()
  const { list } = useFormat()
  const now = useNow(1_000, retries.nextAt !== null)
  const underWay = [
    emails.sending > 0 && t('delivery.sending', { count: emails.sending }),
    emails.waiting > 0 && t('delivery.waiting', { count: emails.waiting }),
    emails.cancelled > 0 && t('delivery.cancelled', { count: emails.cancelled }),
    emails.unknown > 0 && t('delivery.unknown', { count: emails.unknown }),
  ].filter((part) => part !== false)
  const seconds = retries.nextAt === null ? 0 : secondsUntil(retries.nextAt, now)
  return (
    <>
      {underWay.length > 0 && <Text className={classes.detail}>{list(underWay)}</Text>}
      {emails.retrying > 0 && (
        <div className={classes.detail}>
          <ToneWord tone="warn" icon={IconRefresh}>
            {t('delivery.retrying', { count: emails.retrying })}
            {seconds > 0 && ` · ${t('delivery.nextTry', { count: seconds })}`}
          </ToneWord>
          <Reasons reasons={retries.reasons} />
        </div>
      )}
      {emails.failed > 0 && (
        <div className={classes.detail}>
          <ToneWord tone="bad" icon={IconAlertTriangle}>
            {t('delivery.failed', { count: emails.failed })}
          </ToneWord>
          <Reasons reasons={failures} />
        </div>
      )}
    </>
  )
}

function Reasons({ reasons }: { reasons: DeliverySummary['failures'] }) {
  const { number } = useFormat()
  return (
    <ul className={classes.reasons}>
      {reasons.map(({ code, text, count }) => (
        <li key={code}>
          {text} {count > 1 && `(${number(count)})`}
        </li>
      ))}
    </ul>
  )
}

const STAGE_ICONS = { done: IconCheck, running: IconLoader2, failed: IconAlertTriangle, waiting: IconCircle }

function Step({
  stage,
  title,
  figure,
  children,
}: {
  stage: Stage
  title: string
  figure?: string | undefined
  children?: ReactNode
}) {
  const { t } = useTranslation()
  const StageIcon = STAGE_ICONS[stage]
  return (
    <li className={classes.step} data-stage={stage}>
      <span className={classes.mark} role="img" aria-label={t(`delivery.stage.${stage}`)}>
        <StageIcon size={16} stroke={2.4} aria-hidden />
      </span>
      <div className={classes.body}>
        <div className={classes.line}>
          <span className={classes.name}>{title}</span>
          {figure !== undefined && <span className={classes.figure}>{figure}</span>}
        </div>
        {children}
      </div>
    </li>
  )
}

function WaitingSteps() {
  const { t } = useTranslation()
  return (
    <ol className={classes.steps} aria-busy="true">
      <Step stage="done" title={t('delivery.published')} />
      <Step stage="running" title={t('delivery.inApp')} />
      <Step stage="waiting" title={t('delivery.emails')} />
      <Step stage="waiting" title={t('delivery.toldAtTheEnd')} />
    </ol>
  )
}

/** The table is asked for again when the numbers moved, but not more than once a second. */
function ByStudent({ activityId, summary }: { activityId: string; summary: DeliverySummary }) {
  const { t } = useTranslation()
  const query = useApi(delivery, { activityId })
  const queries = useQueryClient()
  const asked = useRef(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: every new summary is the reason to ask again
  useEffect(() => {
    const wait = Math.max(0, asked.current + STUDENTS_REFRESH_MS - Date.now())
    const timer = setTimeout(() => {
      asked.current = Date.now()
      void queries.invalidateQueries({ queryKey: keyOf(delivery, { activityId }) })
    }, wait)
    return () => clearTimeout(timer)
  }, [summary, queries, activityId])
  const { time } = useFormat()
  const waits = query.data?.students.some(({ nextTryAt }) => nextTryAt !== null) ?? false
  const now = useNow(1_000, waits)
  return (
    <Show query={query}>
      {({ students }) =>
        students.length === 0 ? (
          <Message icon={IconUsers} title={t('delivery.nobody')} />
        ) : (
          <DataTable
            label={t('delivery.byStudent')}
            rows={byUrgency(students)}
            keyOf={({ studentId }) => studentId}
            columns={[
              { head: t('class.student'), rowHeader: true, cell: ({ name }) => <strong>{name}</strong> },
              {
                head: t('delivery.inAppColumn'),
                cell: ({ inAppAt, viewedAt }) =>
                  viewedAt
                    ? t('delivery.viewedAt', { time: time(viewedAt) })
                    : t('delivery.deliveredAt', { time: time(inAppAt) }),
              },
              { head: t('delivery.emailColumn'), cell: (student) => <EmailOf student={student} now={now} /> },
            ]}
          />
        )
      }
    </Show>
  )
}

const EMAIL_ICONS = {
  waiting: IconClock,
  sending: IconMailForward,
  sent: IconCircleCheck,
  retrying: IconRefresh,
  failed: IconAlertTriangle,
  cancelled: IconCircleMinus,
  unknown: IconHelpCircle,
} as const satisfies Record<EmailState, unknown>

function EmailOf({ student, now }: { student: DeliveryByStudent['students'][number]; now: number }) {
  const { t } = useTranslation()
  const { time } = useFormat()
  const { email, sentAt, nextTryAt, failures, reason } = student
  const seconds = nextTryAt ? secondsUntil(nextTryAt, now) : 0
  return (
    <>
      <ToneWord tone={EMAIL_TONES[email]} icon={EMAIL_ICONS[email]}>
        {email === 'sent' && sentAt
          ? t('delivery.emailSentAt', { time: time(sentAt) })
          : t(`delivery.emailState.${email}`)}
        {email === 'retrying' && seconds > 0 && ` · ${t('delivery.nextTry', { count: seconds })}`}
      </ToneWord>
      {(reason || (failures > 0 && email !== 'sent')) && (
        <Text size="sm" c="dimmed" className={classes.reason ?? ''}>
          {reason?.text} {failures > 0 && t('delivery.triesFailed', { count: failures })}
        </Text>
      )}
    </>
  )
}

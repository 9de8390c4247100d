/** A new institution is being filled: five steps as they happen, then the doors. Leaving or reloading the page changes nothing. */
import { useNow } from '@cascata/console/page-kit'
import { Alert, Button, Paper, Stack, Text, Title, UnstyledButton } from '@mantine/core'
import {
  IconAlertTriangle,
  IconBriefcase,
  IconCircle,
  IconCircleCheck,
  IconLoader2,
  IconRefresh,
  IconSchool,
  IconUsers,
} from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ResponseOf } from '../../../platform/http/endpoint.ts'
import { useApi, useProblemText, useSend } from '../../../platform/ui/api.tsx'
import { secondsUntil } from '../../../platform/ui/format.ts'
import { LiveBadge, useStream } from '../../../platform/ui/live.tsx'
import { PageHeader } from '../../../platform/ui/page-header.tsx'
import { useFormat, usePerson, useSessionActions } from '../../../platform/ui/session.tsx'
import { Show } from '../../../platform/ui/states.tsx'
import { SegmentBar } from '../../../platform/ui/tone.tsx'
import { listDoors, openDoor } from '../../demo-institutions/open-door/open-door.contract.ts'
import { readSeed, retrySeed, seedStream } from './follow-seed.contract.ts'
import classes from './follow-seed.page.module.css'

type Progress = ResponseOf<typeof readSeed>
type Step = Progress['steps'][number]

const SECOND_MS = 1_000
/** A step that takes longer is not worth a decimal. */
const TENTHS_BELOW_MS = 10_000
/** When nothing has begun by then, something is amiss. */
const PATIENCE_S = 10

export default function FollowSeed() {
  const { t } = useTranslation()
  const query = useApi(readSeed, {})
  return (
    <Show
      query={query}
      page
      action={
        <Button component={Link} to="/app" variant="default">
          {t('state.goHome')}
        </Button>
      }
    >
      {(first) => <Setup first={first} />}
    </Show>
  )
}

function Setup({ first }: { first: Progress }) {
  const { t } = useTranslation()
  const { institution } = usePerson()
  const [streamed, setStreamed] = useState<Progress>()
  const live = useStream(seedStream, {}, { snapshot: setStreamed, progress: setStreamed, poll: [readSeed] })
  const progress = live === 'polling' || !streamed ? first : streamed
  const finished = progress.state === 'finished'
  return (
    <>
      <PageHeader title={finished ? t('setup.ready') : t('setup.title')}>
        <span>{institution.name}</span>
        {!finished && <LiveBadge state={live} />}
      </PageHeader>
      <Stack gap="lg" maw="56rem">
        <Paper withBorder p={{ base: 'md', sm: 'xl' }} className={classes.card}>
          <Bar progress={progress} />
          <ol className={classes.steps}>
            {progress.steps.map((step) => (
              <StepLine key={step.key} step={step} />
            ))}
          </ol>
          {progress.state === 'failed' && <Failure progress={progress} />}
          {progress.state === 'waiting' && <Waiting since={progress.createdAt} />}
          {!finished && (
            <Text size="sm" c="dimmed">
              {t('setup.leave')}
            </Text>
          )}
        </Paper>
        {finished && <Doors />}
      </Stack>
    </>
  )
}

function Bar({ progress: { done, steps, state } }: { progress: Progress }) {
  const { t } = useTranslation()
  const running = state === 'running' ? 1 : 0
  return (
    <div className={classes.bar}>
      <SegmentBar
        segments={[
          { tone: 'good', value: done },
          state === 'failed' ? { tone: 'bad', value: 1 } : { tone: 'busy', value: running, open: true },
        ]}
        total={steps.length}
        done={done}
        label={t('setup.progress')}
        valueText={t('setup.of', { done, total: steps.length })}
      />
      <Text size="sm" c="dimmed" role="status">
        {t('setup.of', { done, total: steps.length })}
      </Text>
    </div>
  )
}

const ICONS = {
  waiting: IconCircle,
  running: IconLoader2,
  retrying: IconRefresh,
  done: IconCircleCheck,
  failed: IconAlertTriangle,
}

/** What each step makes, in the order in which it is read. */
const COUNTS = {
  'basic-data': ['campi', 'courses', 'disciplines', 'curricula', 'offerings', 'periods'],
  users: ['teachers', 'students'],
  classes: ['classes', 'lessons'],
  enrollments: ['enrollments', 'notes'],
  attendances: ['lessons', 'attendances'],
} as const

function StepLine({ step: { key, state, ms, counts, nextTryAt } }: { step: Step }) {
  const { t } = useTranslation()
  const { number } = useFormat()
  const now = useNow(SECOND_MS, state === 'retrying')
  const StateIcon = ICONS[state]
  const made = COUNTS[key].flatMap((name) => {
    const count = counts[name]
    return count === undefined ? [] : [t(`setup.counts.${name}`, { count })]
  })
  return (
    <li className={classes.step} data-state={state}>
      <StateIcon size={22} aria-hidden className={state === 'running' ? classes.turning : undefined} />
      <span className={classes.name}>
        {t(`setup.steps.${key}`)}
        <span className={classes.state}>{t(`setup.states.${state}`)}</span>
      </span>
      <span className={classes.made}>
        {state === 'retrying' && nextTryAt
          ? t('setup.nextTry', { count: secondsUntil(nextTryAt, now) })
          : made.join(' · ')}
      </span>
      <span className={classes.ms}>
        {ms === null ? '' : t('setup.seconds', { seconds: number(ms / 1000, ms < TENTHS_BELOW_MS ? 1 : 0) })}
      </span>
    </li>
  )
}

function Failure({ progress }: { progress: Progress }) {
  const { t } = useTranslation()
  const problemText = useProblemText()
  const retry = useSend(retrySeed, { refresh: [readSeed] })
  const at = progress.steps.findIndex(({ state }) => state === 'failed')
  return (
    <Alert
      role="alert"
      color="red"
      variant="light"
      bg="var(--tone-bad-soft)"
      icon={<IconAlertTriangle aria-hidden />}
      title={t('setup.failed', { number: at + 1 })}
    >
      <Stack gap="sm" align="flex-start">
        <Text size="sm">{t('setup.failedHint')}</Text>
        <code className={classes.error}>{progress.steps[at]?.error}</code>
        <Button
          size="sm"
          loading={retry.isPending}
          leftSection={<IconRefresh size={16} aria-hidden />}
          onClick={() => retry.mutate({})}
        >
          {t('setup.retry')}
        </Button>
        {retry.error && <Text size="sm">{problemText(retry.error)}</Text>}
      </Stack>
    </Alert>
  )
}

function Waiting({ since }: { since: string }) {
  const { t } = useTranslation()
  const now = useNow(SECOND_MS)
  if (now - Date.parse(since) < PATIENCE_S * SECOND_MS) return null
  return (
    <Alert role="status" color="orange" variant="light" icon={<IconAlertTriangle aria-hidden />}>
      {t('setup.noDaemon')}
    </Alert>
  )
}

const DOOR_ICONS = { staff: IconBriefcase, teacher: IconUsers, student: IconSchool }

function Doors() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { entered } = useSessionActions()
  const problemText = useProblemText()
  const query = useApi(listDoors, {})
  const { refetch } = query
  const opening = useSend(openDoor, { onSuccess: () => void entered().then(() => navigate({ to: '/app' })) })
  // The list was asked for by the header when there were no doors yet.
  useEffect(() => void refetch(), [refetch])
  return (
    <section aria-labelledby="doors">
      <Title order={2} id="doors" mb={4}>
        {t('setup.doors')}
      </Title>
      <Text c="dimmed" mb="md">
        {t('setup.doorsHint')}
      </Text>
      {opening.error && (
        <Alert role="alert" color="red" variant="light" bg="var(--tone-bad-soft)" mb="md">
          {problemText(opening.error)}
        </Alert>
      )}
      <Show query={query}>
        {({ doors }) => (
          <ul className={classes.doors}>
            {doors.map(({ role, name }) => {
              const DoorIcon = DOOR_ICONS[role]
              return (
                <li key={role}>
                  <UnstyledButton
                    className={classes.door}
                    disabled={opening.isPending || opening.isSuccess}
                    onClick={() => opening.mutate({ role })}
                  >
                    <DoorIcon size={28} stroke={1.6} aria-hidden className={classes.doorIcon} />
                    <span className={classes.doorTitle}>{t(`setup.door.${role}`)}</span>
                    <span className={classes.doorName}>{name}</span>
                  </UnstyledButton>
                </li>
              )
            })}
          </ul>
        )}
      </Show>
    </section>
  )
}

/** The states that a page has besides its data, each told as what it is: failure is never shown as emptiness. */
import { Alert, Button, Group, Skeleton, Stack, Text, Title } from '@mantine/core'
import {
  IconAlertTriangle,
  IconCloudOff,
  IconHourglassHigh,
  type IconInbox,
  IconLock,
  IconMapPinOff,
  IconRefresh,
} from '@tabler/icons-react'
import type { UseQueryResult } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useEffect } from 'react'
import { useSignIn } from '../host.tsx'
import { useFailure, useMissingPart, useTakesLong } from '../page-kit/index.ts'
import { type ConsoleProblem, isAway, useProblemText } from './api.tsx'
import { useConsole } from './console.tsx'
import classes from './kit.module.css'

export function Loading({ lines = 4, height = 52 }: { lines?: number; height?: number }) {
  const { t } = useConsole()
  const visible = useTakesLong()
  useMissingPart()
  return (
    <Stack gap="sm" aria-busy="true" aria-label={t('state.loading')} role="status" style={{ opacity: visible ? 1 : 0 }}>
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a skeleton are all the same
        <Skeleton key={line} height={height} radius="md" />
      ))}
    </Stack>
  )
}

export function Message({
  icon: Icon,
  title,
  children,
  action,
  page,
}: {
  icon: typeof IconInbox
  title: string
  children?: ReactNode
  action?: ReactNode
  /** A whole page has its heading here; a part of one has it above. */
  page?: boolean
}) {
  return (
    <div className={classes.message}>
      <span className={classes.messageIcon}>
        <Icon size={26} stroke={1.6} aria-hidden />
      </span>
      <Title order={page ? 1 : 2} size="h3">
        {title}
      </Title>
      {children && (
        <Text component="div" c="dimmed" maw="36rem">
          {children}
        </Text>
      )}
      {action && <Group justify="center">{action}</Group>}
    </div>
  )
}

export function NotFound() {
  const { t } = useConsole()
  return (
    <Message
      page
      icon={IconMapPinOff}
      title={t('state.notFound')}
      action={
        <Button component={Link} to="/" variant="default">
          {t('nav.overview')}
        </Button>
      }
    >
      {t('state.notFoundHint')}
    </Message>
  )
}

export function Failed({
  problem,
  retry,
  narrow,
  page,
}: {
  problem: ConsoleProblem
  retry: () => void
  /** What would make the question smaller. */
  narrow?: ReactNode
  page?: boolean | undefined
}) {
  const { t } = useConsole()
  const text = useProblemText()
  useMissingPart(isAway(problem))
  const look = page ? { page } : {}
  if (problem.status === 403)
    return (
      <Message {...look} icon={IconLock} title={t('state.noPermission')}>
        {t('state.noPermissionHint')}
      </Message>
    )
  if (problem.status === 404) return <NotFound />
  if (problem.status === 401) return <SignedOut {...look} />
  const slow = problem.code === 'took-too-long'
  return (
    <div role="alert">
      <Message
        {...look}
        icon={isAway(problem) ? IconCloudOff : slow ? IconHourglassHigh : IconAlertTriangle}
        title={t(slow ? 'state.tooSlow' : 'state.failed')}
        action={
          <>
            <Button variant="default" leftSection={<IconRefresh size={16} aria-hidden />} onClick={retry}>
              {t('state.retry')}
            </Button>
            {slow && narrow}
          </>
        }
      >
        {slow ? t('state.tooSlowHint') : text(problem)} {isAway(problem) && t('state.tryingAgain')}
      </Message>
    </div>
  )
}

/** A page without data has nothing to keep: the reader signs in, and comes back to it. */
function SignedOut({ page }: { page?: boolean }) {
  const { t } = useConsole()
  const signIn = useSignIn()
  useEffect(() => location.assign(signIn), [signIn])
  return (
    <div role="alert">
      <Message
        {...(page ? { page } : {})}
        icon={IconLock}
        title={t('state.signedOut')}
        action={
          <Button component="a" href={signIn}>
            {t('state.signIn')}
          </Button>
        }
      />
    </div>
  )
}

/** What a query has to show: skeleton, refusal, failure with retry, or the data, with a word when the data is old. */
export function Show<Data>({
  query,
  children,
  loading,
  narrow,
  page,
}: {
  query: UseQueryResult<Data, ConsoleProblem>
  children: (data: Data) => ReactNode
  loading?: ReactNode
  narrow?: ReactNode
  page?: boolean
}) {
  const { data } = query
  const { problem, retry } = useFailure(query)
  if (data === undefined)
    return problem ? <Failed problem={problem} retry={retry} narrow={narrow} page={page} /> : (loading ?? <Loading />)
  return (
    <>
      <Stale query={query} />
      {children(data)}
    </>
  )
}

/** A word above data that could not be asked for again. Where nobody answers the whole console says so, above the page. */
export function Stale({ query: { error, refetch } }: { query: UseQueryResult<unknown, ConsoleProblem> }) {
  const { t } = useConsole()
  const text = useProblemText()
  const signIn = useSignIn()
  if (!error || isAway(error)) return null
  return (
    <Alert color="orange" variant="light" icon={<IconCloudOff aria-hidden />} mb="md" role="status">
      <Group justify="space-between">
        <span>
          {t('state.stale')} {text(error)}
        </span>
        {error.status === 401 ? (
          <Button size="compact-sm" variant="default" component="a" href={signIn}>
            {t('state.signIn')}
          </Button>
        ) : (
          <Button size="compact-sm" variant="default" onClick={() => void refetch()}>
            {t('state.retry')}
          </Button>
        )}
      </Group>
    </Alert>
  )
}

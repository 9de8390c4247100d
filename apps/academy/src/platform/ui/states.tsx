/** The states that every page has besides its data, each told as what it is: failure is never shown as emptiness. */
import { useFailure, useIsSomethingMissing, useMissingPart, useTakesLong } from '@cascata/console/page-kit'
import { Alert, Button, Group, Skeleton, Stack, Text, Title } from '@mantine/core'
import {
  IconAlertTriangle,
  IconCloudOff,
  type IconInbox,
  IconLock,
  IconMapPinOff,
  IconRefresh,
} from '@tabler/icons-react'
import { type ReactNode, useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import type { ApiProblem } from '../http/client.ts'
import type { Endpoint, ResponseOf } from '../http/endpoint.ts'
import { isAway, type Loaded, useAwayText } from './api.tsx'
import classes from './kit.module.css'
import { useAway } from './session.tsx'

/** @param atOnce where the reader has just acted, and an empty page would look as if it had failed. */
export function Loading({ lines = 4, atOnce = false }: { lines?: number; atOnce?: boolean }) {
  const { t } = useTranslation()
  const visible = useTakesLong(atOnce ? 0 : undefined)
  useMissingPart()
  return (
    <Stack gap="md" aria-busy="true" aria-label={t('state.loading')} role="status" style={{ opacity: visible ? 1 : 0 }}>
      <Skeleton height={28} width="min(18rem, 70%)" radius="sm" />
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a skeleton are all the same
        <Skeleton key={line} height={64} radius="lg" />
      ))}
    </Stack>
  )
}

export interface MessageProps {
  icon: typeof IconInbox
  title: string
  children?: ReactNode
  action?: ReactNode
  /** A whole page has its heading here; a part of one has it above. */
  page?: boolean
}

export function Message({ icon: Icon, title, children, action, page }: MessageProps) {
  return (
    <div className={classes.message}>
      <span className={classes.messageIcon}>
        <Icon size={26} stroke={1.6} aria-hidden />
      </span>
      <Title order={page ? 1 : 2} size="h3">
        {title}
      </Title>
      {children && (
        <Text c="dimmed" maw="34rem">
          {children}
        </Text>
      )}
      {action && <Group justify="center">{action}</Group>}
    </div>
  )
}

export function NotFound({ action }: { action?: ReactNode }) {
  const { t } = useTranslation()
  return (
    <Message page icon={IconMapPinOff} title={t('state.notFound')} action={action}>
      {t('state.notFoundHint')}
    </Message>
  )
}

export function NoPermission({ action }: { action?: ReactNode }) {
  const { t } = useTranslation()
  return (
    <Message page icon={IconLock} title={t('state.noPermission')} action={action}>
      {t('state.noPermissionHint')}
    </Message>
  )
}

export function Failed({ problem, retry, page }: { problem: ApiProblem; retry: () => void; page?: boolean }) {
  const { t } = useTranslation()
  const text = useAwayText()
  useMissingPart(isAway(problem))
  return (
    <div role="alert">
      <Message
        {...(page ? { page } : {})}
        icon={isAway(problem) ? IconCloudOff : IconAlertTriangle}
        title={t('state.failed')}
        action={
          <Button variant="default" leftSection={<IconRefresh size={16} aria-hidden />} onClick={retry}>
            {t('state.retry')}
          </Button>
        }
      >
        {text(problem)}
        {problem.requestId && !isAway(problem) && (
          <>
            <br />
            {t('state.requestId', { id: problem.requestId })}
          </>
        )}
      </Message>
    </div>
  )
}

/** What a query has to show: skeleton, refusal, failure with retry, or the data, with a word when the data is old. */
export function Show<E extends Endpoint>({
  query,
  children,
  loading,
  page,
  action,
}: {
  query: Loaded<E>
  children: (data: ResponseOf<E>) => ReactNode
  loading?: ReactNode
  page?: boolean
  action?: ReactNode
}) {
  const { t } = useTranslation()
  const text = useAwayText()
  const { data, error, refetch } = query
  const { problem, retry } = useFailure(query)
  const away = useAway() // the shell says it above the page
  if (data !== undefined)
    return (
      <>
        {error && !(away && isAway(error)) && (
          <Alert color="orange" variant="light" icon={<IconCloudOff aria-hidden />} mb="md" role="status">
            <Group justify="space-between">
              <span>
                {t('state.stale')} {text(error)}
              </span>
              <Button size="compact-sm" variant="default" onClick={() => void refetch()}>
                {t('state.retry')}
              </Button>
            </Group>
          </Alert>
        )}
        {children(data)}
      </>
    )
  if (!problem) return loading ?? <Loading />
  if (problem.status === 404) return <NotFound action={action} />
  if (problem.status === 403) return <NoPermission action={action} />
  return <Failed problem={problem} retry={retry} {...(page ? { page } : {})} />
}

const watchConnection = (listener: () => void) => {
  window.addEventListener('online', listener)
  window.addEventListener('offline', listener)
  return () => {
    window.removeEventListener('online', listener)
    window.removeEventListener('offline', listener)
  }
}

/**
 * Above a page: this device has no connection, or nobody answers at its other end.
 *
 * @param away where somebody is signed in: a visitor's page asks nothing that it does not show.
 */
export function ConnectionBanner({ away }: { away?: ApiProblem | null }) {
  const { t } = useTranslation()
  const text = useAwayText()
  const online = useSyncExternalStore(watchConnection, () => navigator.onLine)
  const isSomethingMissing = useIsSomethingMissing()
  const why = online ? away && text(away) : `${t('state.offline')} ${t('state.tryingAgain')}`
  return (
    <div role="status">
      {why && (
        <div className={classes.connection}>
          <IconCloudOff size={18} aria-hidden /> {why} {t(isSomethingMissing ? 'state.missing' : 'state.stale')}
        </div>
      )}
    </div>
  )
}

/** Notifications: the bell with its live count, the panel below it, and the page that holds all of them. */
import { ActionIcon, Anchor, Button, Group, Indicator, Paper, Popover, Stack, Title, Tooltip } from '@mantine/core'
import { IconBell, IconBellOff, IconCheck, IconChecks } from '@tabler/icons-react'
import { type InfiniteData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useRouterState } from '@tanstack/react-router'
import { useEffect, useEffectEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ApiProblem } from '../../../platform/http/client.ts'
import type { ResponseOf } from '../../../platform/http/endpoint.ts'
import { keyOf, useApi, useCall, useSend } from '../../../platform/ui/api.tsx'
import { LiveBadge, useNow, useStream } from '../../../platform/ui/live.tsx'
import { defineHeaderItem, definePage } from '../../../platform/ui/page.ts'
import { PageHeader } from '../../../platform/ui/page-header.tsx'
import { useFormat } from '../../../platform/ui/session.tsx'
import { Failed, Loading, Message, Show } from '../../../platform/ui/states.tsx'
import { toast } from '../../../platform/ui/toast.tsx'
import { contract as listActivities } from '../../activities/list-activities/list-activities.contract.ts'
import { readAll, readOne } from '../read-notifications/read-notifications.contract.ts'
import { contract, stream } from './list-notifications.contract.ts'
import classes from './list-notifications.page.module.css'

export const headerItem = defineHeaderItem({ order: 2, roles: ['teacher', 'student'], component: Bell })

export const page = definePage({
  path: '/app/notifications',
  title: (t) => t('notifications.title'),
  access: ['teacher', 'student'],
  component: AllNotifications,
})

type Notification = ResponseOf<typeof contract>['notifications'][number]

const IN_PANEL = 10
const COUNT_SHOWN_MAX = 99
const MINUTE_MS = 60_000

function Bell() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const [open, setOpen] = useState(false)
  const [streamed, setStreamed] = useState<number>()
  const query = useApi(contract, { limit: IN_PANEL })
  const refresh = () => queries.invalidateQueries({ queryKey: keyOf(contract) })
  const live = useStream(
    stream,
    {},
    {
      snapshot: ({ unread }) => {
        setStreamed(unread)
        void refresh()
      },
      unread: ({ unread }) => setStreamed(unread),
      arrived: (notification) => {
        void refresh()
        void queries.invalidateQueries({ queryKey: keyOf(listActivities) })
        toast(
          notification.category === 'class-activity-emails-incomplete' ? 'bad' : 'news',
          notification.title,
          <Anchor
            href={notification.link}
            size="sm"
            onClick={(event) => {
              if (event.ctrlKey || event.metaKey || event.shiftKey) return
              event.preventDefault()
              void navigate({ to: notification.link })
            }}
          >
            {notification.description}
          </Anchor>,
          t('form.close'),
        )
      },
      poll: [contract],
    },
  )
  const unread = (live === 'live' ? streamed : undefined) ?? query.data?.unread ?? 0
  const counted = (answer: { unread: number }) => setStreamed(answer.unread)
  const one = useSend(readOne, { refresh: [contract], onSuccess: counted })
  const all = useSend(readAll, { refresh: [contract], onSuccess: counted })
  useReadOnArrival(query.data?.notifications, (notificationId) => one.mutate({ notificationId }))

  return (
    <Popover
      opened={open}
      onChange={setOpen}
      position="bottom-end"
      width="min(26rem, calc(100vw - 1rem))"
      trapFocus
      shadow="md"
      withRoles={false}
    >
      <Popover.Target>
        <Tooltip label={t('notifications.title')} disabled={open}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            aria-haspopup="dialog"
            aria-expanded={open}
            aria-label={t('notifications.bell', { count: unread })}
            onClick={() => setOpen(!open)}
          >
            <Indicator
              disabled={unread === 0}
              label={unread > COUNT_SHOWN_MAX ? `${COUNT_SHOWN_MAX}+` : unread}
              size={17}
              offset={3}
              color="var(--badge)"
              classNames={{ indicator: classes.badge ?? '' }}
            >
              <IconBell size={20} aria-hidden />
            </Indicator>
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown p={0} role="dialog" aria-label={t('notifications.title')}>
        <div className={classes.panelHead}>
          <Title order={2} size="h3">
            {t('notifications.title')}
          </Title>
          <LiveBadge state={live} />
          <Button
            size="compact-sm"
            variant="subtle"
            ml="auto"
            leftSection={<IconChecks size={16} aria-hidden />}
            disabled={unread === 0}
            loading={all.isPending}
            onClick={() => all.mutate({})}
          >
            {t('notifications.readAll')}
          </Button>
        </div>
        <div className={classes.panelList}>
          <Show query={query} loading={<Loading lines={2} />}>
            {({ notifications }) => (
              <List
                notifications={notifications}
                onRead={(notificationId) => one.mutate({ notificationId })}
                onOpen={() => setOpen(false)}
              />
            )}
          </Show>
        </div>
        <div className={classes.panelFoot}>
          <Anchor component={Link} to="/app/notifications" size="sm" fw={600} onClick={() => setOpen(false)}>
            {t('notifications.seeAll')}
          </Anchor>
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}

/**
 * Whoever opens an activity from the e-mail has read its notice as well. Only the notice of a new activity: the teacher's are
 * about something that happens while the page is open.
 */
function useReadOnArrival(
  notifications: readonly Notification[] | undefined,
  onRead: (notificationId: string) => void,
) {
  const path = useRouterState({ select: (state) => state.location.pathname })
  const readHere = useEffectEvent(() => {
    for (const { id, link, category, viewedAt } of notifications ?? [])
      if (link === path && category === 'new-class-activity' && viewedAt === null) onRead(id)
  })
  const known = notifications !== undefined
  // biome-ignore lint/correctness/useExhaustiveDependencies: the path is the reason to look
  useEffect(() => {
    if (known) readHere()
  }, [path, known])
}

function List({
  notifications,
  onRead,
  onOpen,
}: {
  notifications: readonly Notification[]
  onRead: (notificationId: string) => void
  onOpen?: () => void
}) {
  const { t } = useTranslation()
  const { ago, dateTime } = useFormat()
  const now = useNow(MINUTE_MS)
  if (notifications.length === 0)
    return (
      <Message icon={IconBellOff} title={t('notifications.none')}>
        {t('notifications.noneHint')}
      </Message>
    )
  return (
    <ul className={classes.list}>
      {notifications.map(({ id, title, description, link, createdAt, viewedAt }) => {
        const isNew = viewedAt === null
        return (
          <li key={id} className={classes.item} data-unread={isNew || undefined}>
            <Link
              to={link}
              className={classes.link}
              onClick={() => {
                if (isNew) onRead(id)
                onOpen?.()
              }}
            >
              <span className={classes.title}>
                {isNew && <span className={classes.dot} role="img" aria-label={t('notifications.unread')} />}
                {title}
              </span>
              <span className={classes.description}>{description}</span>
              <time className={classes.when} dateTime={createdAt} title={dateTime(createdAt)}>
                {ago(createdAt, now)}
              </time>
            </Link>
            {isNew && (
              <Tooltip label={t('notifications.readOne')}>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={t('notifications.readOneNamed', { description })}
                  onClick={() => onRead(id)}
                >
                  <IconCheck size={18} aria-hidden />
                </ActionIcon>
              </Tooltip>
            )}
          </li>
        )
      })}
    </ul>
  )
}

function AllNotifications() {
  const { t } = useTranslation()
  const call = useCall()
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery<
    ResponseOf<typeof contract>,
    ApiProblem,
    InfiniteData<ResponseOf<typeof contract>>,
    readonly unknown[],
    string | undefined
  >({
    queryKey: [...keyOf(contract), 'all'],
    queryFn: ({ pageParam, signal }) => call(contract, pageParam ? { before: pageParam } : {}, { signal }),
    initialPageParam: undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
  })
  const one = useSend(readOne, { refresh: [contract] })
  const all = useSend(readAll, { refresh: [contract] })
  const unread = data?.pages[0]?.unread ?? 0
  return (
    <>
      <PageHeader
        title={t('notifications.title')}
        actions={
          <Button
            variant="default"
            leftSection={<IconChecks size={16} aria-hidden />}
            disabled={unread === 0}
            loading={all.isPending}
            onClick={() => all.mutate({})}
          >
            {t('notifications.readAll')}
          </Button>
        }
      />
      {data ? (
        <Stack>
          <Paper withBorder className={classes.all}>
            <List
              notifications={data.pages.flatMap(({ notifications }) => notifications)}
              onRead={(notificationId) => one.mutate({ notificationId })}
            />
          </Paper>
          {hasNextPage && (
            <Group justify="center">
              <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
                {t('state.more')}
              </Button>
            </Group>
          )}
        </Stack>
      ) : error ? (
        <Failed problem={error} retry={() => void refetch()} />
      ) : (
        <Loading />
      )}
    </>
  )
}

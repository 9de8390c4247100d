/** The bell: its count is live, its panel holds the newest, and what arrives is also said in a corner. */
import { ActionIcon, Anchor, Button, Indicator, Popover, Title, Tooltip } from '@mantine/core'
import { IconBell, IconChecks } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { Link, useRouterState } from '@tanstack/react-router'
import { useEffect, useEffectEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { keyOf, useApi, useSend } from '../../../platform/ui/api.tsx'
import { LiveBadge, useStream } from '../../../platform/ui/live.tsx'
import { Loading, Show } from '../../../platform/ui/states.tsx'
import { toast } from '../../../platform/ui/toast.tsx'
import { contract as listActivities } from '../../activities/list-activities/list-activities.contract.ts'
import { readAll, readOne } from '../read-notifications/read-notifications.contract.ts'
import { contract, stream } from './list-notifications.contract.ts'
import classes from './notification-bell.page.module.css'
import { type Notification, NotificationList } from './notification-list.page.tsx'
import { isReadAt } from './read-at.view.ts'

const IN_PANEL = 10
const COUNT_SHOWN_MAX = 99
/** So far that the links in a second row of the header can still be touched. */
const BELOW_PX = 14
const TOLD_AS_BAD: readonly Notification['category'][] = [
  'class-activity-emails-incomplete',
  'class-results-incomplete',
]

export default function Bell() {
  const { t } = useTranslation()
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
          TOLD_AS_BAD.includes(notification.category) ? 'bad' : 'accent',
          notification.title,
          <Anchor component={Link} to={notification.link} size="sm">
            {notification.description}
          </Anchor>,
        )
      },
      poll: [contract],
    },
  )
  const unread = (live === 'live' ? streamed : undefined) ?? query.data?.unread ?? 0
  const counted = (answer: { unread: number }) => setStreamed(answer.unread)
  const one = useSend(readOne, { refresh: [contract], onSuccess: counted })
  const all = useSend(readAll, { refresh: [contract], onSuccess: counted })
  useReadOnArrival(query.data?.unread, (link) => all.mutate({ link }))

  return (
    <Popover
      opened={open}
      onChange={setOpen}
      position="bottom-end"
      offset={BELOW_PX}
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
              <NotificationList
                notifications={notifications}
                onRead={(notificationId) => one.mutate({ notificationId })}
                onOpen={() => setOpen(false)}
              />
            )}
          </Show>
        </div>
        <div className={classes.panelFoot}>
          <LiveBadge state={live} />
          <Anchor component={Link} to="/app/notifications" size="sm" fw={600} onClick={() => setOpen(false)}>
            {t('notifications.seeAll')}
          </Anchor>
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}

/** A page that is opened, from wherever, is known: the notices that lead to it are read. Those that arrive while it is open are not. */
function useReadOnArrival(unread: number | undefined, onRead: (link: string) => void) {
  const path = useRouterState({ select: (state) => state.location.pathname })
  const readHere = useEffectEvent(() => {
    if (unread && isReadAt(path)) onRead(path)
  })
  const known = unread !== undefined
  // biome-ignore lint/correctness/useExhaustiveDependencies: the path is the reason to look
  useEffect(() => {
    if (known) readHere()
  }, [path, known])
}

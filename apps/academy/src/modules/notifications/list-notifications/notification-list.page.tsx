/** Notifications as a list: in the bell's panel and on their page. */
import { useNow } from '@cascata/console/page-kit'
import { ActionIcon, Tooltip } from '@mantine/core'
import { IconBellOff, IconCheck } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { ResponseOf } from '../../../platform/http/endpoint.ts'
import { useFormat } from '../../../platform/ui/session.tsx'
import { Message } from '../../../platform/ui/states.tsx'
import type { contract } from './list-notifications.contract.ts'
import classes from './notification-list.page.module.css'

export type Notification = ResponseOf<typeof contract>['notifications'][number]

const MINUTE_MS = 60_000

export function NotificationList({
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

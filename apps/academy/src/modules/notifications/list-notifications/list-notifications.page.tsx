/** Every notification, the newest first. */
import { Button, Paper } from '@mantine/core'
import { IconChecks } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useSend } from '../../../platform/ui/api.tsx'
import { PageHeader } from '../../../platform/ui/page-header.tsx'
import { ShowParts, useParts } from '../../../platform/ui/paging.tsx'
import { readAll, readOne } from '../read-notifications/read-notifications.contract.ts'
import { contract } from './list-notifications.contract.ts'
import classes from './list-notifications.page.module.css'
import { NotificationList } from './notification-list.page.tsx'

export default function AllNotifications() {
  const { t } = useTranslation()
  const parts = useParts(contract, {}, 'before')
  const one = useSend(readOne, { refresh: [contract] })
  const all = useSend(readAll, { refresh: [contract] })
  const unread = parts.data?.pages[0]?.unread ?? 0
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
      <ShowParts parts={parts}>
        {(shown) => (
          <Paper withBorder className={classes.all}>
            <NotificationList
              notifications={shown.flatMap(({ notifications }) => notifications)}
              onRead={(notificationId) => one.mutate({ notificationId })}
            />
          </Paper>
        )}
      </ShowParts>
    </>
  )
}

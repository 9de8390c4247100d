/** Every notification, the newest first. */
import { Button, Group, Paper, Stack } from '@mantine/core'
import { IconChecks } from '@tabler/icons-react'
import { type InfiniteData, useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { ApiProblem } from '../../../platform/http/client.ts'
import type { ResponseOf } from '../../../platform/http/endpoint.ts'
import { keyOf, useCall, useSend } from '../../../platform/ui/api.tsx'
import { PageHeader } from '../../../platform/ui/page-header.tsx'
import { Failed, Loading } from '../../../platform/ui/states.tsx'
import { readAll, readOne } from '../read-notifications/read-notifications.contract.ts'
import { contract } from './list-notifications.contract.ts'
import classes from './list-notifications.page.module.css'
import { NotificationList } from './notification-list.page.tsx'

export default function AllNotifications() {
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
            <NotificationList
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

/** Students of the institution, for its staff: who they are, and whose e-mails do not arrive. */
import { Button, Group, Paper, Stack, Switch, Text, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconAlertTriangle, IconCircleCheck, IconPencil, IconSearch, IconUsers } from '@tabler/icons-react'
import { type InfiniteData, keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ApiProblem } from '../../../platform/http/client.ts'
import type { ResponseOf } from '../../../platform/http/endpoint.ts'
import { keyOf, useCall } from '../../../platform/ui/api.tsx'
import { PageHeader } from '../../../platform/ui/page-header.tsx'
import { Failed, Loading, Message } from '../../../platform/ui/states.tsx'
import { DataTable } from '../../../platform/ui/table.tsx'
import { ToneWord } from '../../../platform/ui/tone.tsx'
import { CorrectAddress } from '../correct-address/correct-address.page.tsx'
import { contract } from './list-students.contract.ts'
import classes from './list-students.page.module.css'

type StudentsPage = ResponseOf<typeof contract>

const SEARCH_AFTER_MS = 250

export default function Students() {
  const { t } = useTranslation()
  const call = useCall()
  const navigate = useNavigate()
  const asked = useSearch({ strict: false }) as { search?: unknown; problems?: unknown }
  // The address bar may hold a number where a text is meant.
  const search = asked.search === undefined ? '' : String(asked.search)
  const failedOnly = asked.problems === true
  const [typed, setTyped] = useState(search)
  const [correcting, setCorrecting] = useState<StudentsPage['students'][number]>()

  const ask = (next: { search: string; failedOnly: boolean }) =>
    void navigate({
      to: '/app/students',
      search: {
        ...(next.search ? { search: next.search } : {}),
        ...(next.failedOnly ? { problems: true } : {}),
      } as never,
      replace: true,
    })
  const askSoon = useDebouncedCallback((text: string) => ask({ search: text.trim(), failedOnly }), SEARCH_AFTER_MS)

  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage, isPlaceholderData } = useInfiniteQuery<
    StudentsPage,
    ApiProblem,
    InfiniteData<StudentsPage>,
    readonly unknown[],
    string | undefined
  >({
    queryKey: [...keyOf(contract), { search, failedOnly }],
    queryFn: ({ pageParam, signal }) =>
      call(
        contract,
        {
          ...(search ? { search } : {}),
          ...(failedOnly ? { failedOnly: 'true' } : {}),
          ...(pageParam ? { after: pageParam } : {}),
        },
        { signal },
      ),
    initialPageParam: undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    placeholderData: keepPreviousData,
  })
  const students = data?.pages.flatMap((each) => each.students) ?? []
  const total = data?.pages[0]?.total ?? 0

  return (
    <>
      <PageHeader title={t('students.title')} />
      <Paper withBorder className={classes.filters}>
        <TextInput
          type="search"
          label={t('students.search')}
          description={t('students.searchHint')}
          leftSection={<IconSearch size={16} aria-hidden />}
          maxLength={100}
          value={typed}
          onChange={(event) => {
            setTyped(event.currentTarget.value)
            askSoon(event.currentTarget.value)
          }}
          className={classes.search ?? ''}
        />
        <Switch
          label={t('students.failedOnly')}
          checked={failedOnly}
          onChange={(event) => ask({ search: typed.trim(), failedOnly: event.currentTarget.checked })}
        />
      </Paper>
      {data ? (
        <Stack style={{ opacity: isPlaceholderData ? 0.6 : 1 }} aria-busy={isPlaceholderData}>
          <Text size="sm" c="dimmed" role="status">
            {t('students.found', { count: total })}
          </Text>
          {students.length === 0 ? (
            <Message
              icon={failedOnly ? IconCircleCheck : IconUsers}
              title={failedOnly ? t('students.noProblems') : t('students.none')}
              action={
                (search || failedOnly) && (
                  <Button
                    variant="default"
                    onClick={() => {
                      setTyped('')
                      ask({ search: '', failedOnly: false })
                    }}
                  >
                    {t('students.clear')}
                  </Button>
                )
              }
            >
              {failedOnly
                ? t('students.noProblemsHint')
                : search
                  ? t('students.noneFoundHint')
                  : t('students.noneHint')}
            </Message>
          ) : (
            <DataTable
              label={t('students.title')}
              rows={students}
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
                { head: t('students.status'), cell: ({ status }) => t(`students.statuses.${status}`) },
                {
                  head: t('students.email'),
                  cell: ({ email, failedEmails }) => (
                    <>
                      <span className={classes.email}>{email}</span>
                      {failedEmails > 0 && (
                        <Text size="sm" component="div">
                          <ToneWord tone="bad" icon={IconAlertTriangle}>
                            {t('students.failedEmails', { count: failedEmails })}
                          </ToneWord>
                        </Text>
                      )}
                    </>
                  ),
                },
                {
                  head: t('students.actions'),
                  action: true,
                  cell: (student) => (
                    <Button
                      size="compact-sm"
                      variant={student.failedEmails > 0 ? 'light' : 'default'}
                      leftSection={<IconPencil size={14} aria-hidden />}
                      aria-label={t('students.correctOf', { name: student.name })}
                      onClick={() => setCorrecting(student)}
                    >
                      {t('students.correct')}
                    </Button>
                  ),
                },
              ]}
            />
          )}
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
      <CorrectAddress student={correcting} onClose={() => setCorrecting(undefined)} />
    </>
  )
}

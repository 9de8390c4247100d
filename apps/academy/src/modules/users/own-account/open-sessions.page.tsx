/** Where the account is signed in: each place can be signed out, and all others at once. */
import { useNow } from '@cascata/console/page-kit'
import { Button, Group, Text, Title } from '@mantine/core'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { ResponseOf } from '../../../platform/http/endpoint.ts'
import { useSend } from '../../../platform/ui/api.tsx'
import { ProblemSummary, useProblems } from '../../../platform/ui/form.tsx'
import { useFormat } from '../../../platform/ui/session.tsx'
import { DataTable } from '../../../platform/ui/table.tsx'
import { toast } from '../../../platform/ui/toast.tsx'
import { useDeviceName } from './device-name.page.tsx'
import { endOtherSessions, endSession, readOwnAccount } from './own-account.contract.ts'

type OpenSession = ResponseOf<typeof readOwnAccount>['sessions'][number]

const MINUTE_MS = 60_000

export function OpenSessions({ sessions }: { sessions: readonly OpenSession[] }) {
  const { t } = useTranslation()
  const { ago, dateTime } = useFormat()
  const now = useNow(MINUTE_MS)
  const section = useRef<HTMLElement>(null)
  const ending = useSend(endSession, { refresh: [readOwnAccount] })
  const endingOthers = useSend(endOtherSessions, {
    refresh: [readOwnAccount],
    onSuccess: ({ ended }) => toast('good', t('ownAccount.othersEnded', { count: ended })),
  })
  const problems = useProblems(ending.error ?? endingOthers.error, section, {})
  const nameOf = useDeviceName()
  return (
    <section ref={section} aria-labelledby="sessions-title">
      <Group justify="space-between" mb="sm">
        <Title order={2} id="sessions-title">
          {t('ownAccount.sessions')}
        </Title>
        {sessions.length > 1 && (
          <Button variant="default" loading={endingOthers.isPending} onClick={() => endingOthers.mutate({})}>
            {t('ownAccount.endOthers')}
          </Button>
        )}
      </Group>
      <ProblemSummary problems={problems} form={section} />
      <DataTable
        label={t('ownAccount.sessions')}
        rows={sessions}
        keyOf={({ id }) => id}
        columns={[
          {
            head: t('ownAccount.device'),
            rowHeader: true,
            cell: (session) => (
              <Group gap="xs">
                {nameOf(session)}
                {session.here && (
                  <Text span size="sm" c="dimmed">
                    {t('ownAccount.here')}
                  </Text>
                )}
              </Group>
            ),
          },
          {
            head: t('ownAccount.lastSeen'),
            cell: ({ here, seenAt }) => (here ? t('ownAccount.now') : ago(seenAt, now)),
          },
          { head: t('ownAccount.signedInAt'), cell: ({ signedInAt }) => dateTime(signedInAt) },
          {
            head: t('ownAccount.end'),
            action: true,
            cell: (session) =>
              !session.here && (
                <Button
                  size="compact-sm"
                  variant="default"
                  aria-label={t('ownAccount.endOf', { device: nameOf(session) })}
                  loading={ending.isPending && ending.variables.sessionId === session.id}
                  onClick={() => ending.mutate({ sessionId: session.id })}
                >
                  {t('ownAccount.end')}
                </Button>
              ),
          },
        ]}
      />
      <Text size="sm" c="dimmed" mt="sm">
        {t('ownAccount.sessionsHint')}
      </Text>
    </section>
  )
}

/** What was sent to one webhook: each delivery, its attempts, and a way to have it sent again. */
import { Button, Code, Group, Modal, Select, Stack, Text, Textarea } from '@mantine/core'
import { IconAlertTriangle, IconBan, IconCircleCheck, IconClockPause, IconSend, IconWebhook } from '@tabler/icons-react'
import { useParams } from '@tanstack/react-router'
import { type FormEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useApi, useSend } from '../../../platform/ui/api.tsx'
import { ProblemSummary, useProblems } from '../../../platform/ui/form.tsx'
import { PageHeader } from '../../../platform/ui/page-header.tsx'
import { ShowParts, useParts } from '../../../platform/ui/paging.tsx'
import { useFormat } from '../../../platform/ui/session.tsx'
import { Message, Show } from '../../../platform/ui/states.tsx'
import { DataTable } from '../../../platform/ui/table.tsx'
import { toast } from '../../../platform/ui/toast.tsx'
import { ToneWord } from '../../../platform/ui/tone.tsx'
import type { Tone } from '../../../platform/ui/tones.ts'
import { useEventName } from '../event-names.page.tsx'
import { DELIVERY_STATUSES, type DeliveryStatus } from '../webhook.fields.ts'
import { list, one, REASON_LENGTH_MAX, sendAgain } from './read-deliveries.contract.ts'

const REFRESH_MS = 5_000

const LOOKS: Record<DeliveryStatus, { tone: Tone; icon: typeof IconSend }> = {
  sending: { tone: 'busy', icon: IconSend },
  retrying: { tone: 'warn', icon: IconClockPause },
  delivered: { tone: 'good', icon: IconCircleCheck },
  failed: { tone: 'bad', icon: IconAlertTriangle },
  cancelled: { tone: 'quiet', icon: IconBan },
}

export default function Deliveries() {
  const { t } = useTranslation()
  const { dateTime, number } = useFormat()
  const eventName = useEventName()
  const { webhookId = '' } = useParams({ strict: false }) as { webhookId?: string }
  const [status, setStatus] = useState<DeliveryStatus>()
  const [shown, setShown] = useState<string>()
  const parts = useParts(list, { webhookId, ...(status ? { status } : {}) }, 'before', { refetchEveryMs: REFRESH_MS })
  return (
    <>
      <PageHeader title={t('webhooks.deliveries')} crumbs={[{ label: t('webhooks.title'), to: '/app/webhooks' }]} />
      <Stack>
        <Select
          label={t('webhooks.state')}
          clearable
          placeholder={t('webhooks.allStates')}
          data={DELIVERY_STATUSES.map((value) => ({ value, label: t(`webhooks.status.${value}`) }))}
          value={status ?? null}
          onChange={(value) => setStatus((value as DeliveryStatus | null) ?? undefined)}
          maw="20rem"
        />
        <ShowParts parts={parts}>
          {(loaded) => {
            const deliveries = loaded.flatMap((part) => part.deliveries)
            return deliveries.length === 0 ? (
              <Message icon={IconWebhook} title={t('webhooks.noDeliveries')}>
                {t('webhooks.noDeliveriesHint')}
              </Message>
            ) : (
              <DataTable
                label={t('webhooks.deliveries')}
                rows={deliveries}
                keyOf={({ id }) => id}
                columns={[
                  {
                    head: t('webhooks.event.one'),
                    rowHeader: true,
                    cell: ({ eventType, createdAt }) => (
                      <>
                        {eventName(eventType)}
                        <Text size="sm" c="dimmed">
                          {dateTime(createdAt)}
                        </Text>
                      </>
                    ),
                  },
                  {
                    head: t('webhooks.state'),
                    cell: ({ status: each, nextAttemptAt }) => (
                      <>
                        <ToneWord {...LOOKS[each]}>{t(`webhooks.status.${each}`)}</ToneWord>
                        {nextAttemptAt && (
                          <Text size="sm" c="dimmed">
                            {t('webhooks.nextAttempt', { at: dateTime(nextAttemptAt) })}
                          </Text>
                        )}
                      </>
                    ),
                  },
                  { head: t('webhooks.httpStatus'), numeric: true, cell: ({ httpStatus }) => httpStatus ?? '–' },
                  { head: t('webhooks.attempts'), numeric: true, cell: ({ attempts }) => number(attempts) },
                  {
                    head: t('webhooks.actions'),
                    action: true,
                    cell: ({ id, eventType, createdAt }) => (
                      <Button
                        size="compact-sm"
                        variant="default"
                        aria-label={t('webhooks.openOf', { event: eventName(eventType), at: dateTime(createdAt) })}
                        onClick={() => setShown(id)}
                      >
                        {t('webhooks.open')}
                      </Button>
                    ),
                  },
                ]}
              />
            )
          }}
        </ShowParts>
      </Stack>
      <Modal
        opened={shown !== undefined}
        onClose={() => setShown(undefined)}
        title={t('webhooks.delivery')}
        closeButtonProps={{ 'aria-label': t('form.close') }}
        size="xl"
      >
        {shown && <Delivery webhookId={webhookId} deliveryId={shown} />}
      </Modal>
    </>
  )
}

function Delivery({ webhookId, deliveryId }: { webhookId: string; deliveryId: string }) {
  const { t } = useTranslation()
  const { dateTime, number } = useFormat()
  const query = useApi(one, { webhookId, deliveryId })
  return (
    <Show query={query}>
      {({ status, attemptLog }) => (
        <Stack>
          <ToneWord {...LOOKS[status]}>{t(`webhooks.status.${status}`)}</ToneWord>
          {attemptLog.map(({ number: attempt, at, httpStatus, ms, reason, response }) => (
            <div key={attempt}>
              <Text fw={600}>{t('webhooks.attempt', { number: attempt, at: dateTime(at) })}</Text>
              <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
                {reason ?? t('webhooks.answered', { status: httpStatus ?? '' })}{' '}
                {t('webhooks.took', { ms: number(ms) })}
              </Text>
              {response && (
                <Code block style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
                  {response}
                </Code>
              )}
            </div>
          ))}
          {(status === 'failed' || status === 'cancelled') && (
            <SendAgain webhookId={webhookId} deliveryId={deliveryId} />
          )}
        </Stack>
      )}
    </Show>
  )
}

function SendAgain({ webhookId, deliveryId }: { webhookId: string; deliveryId: string }) {
  const { t } = useTranslation()
  const form = useRef<HTMLFormElement>(null)
  const [reason, setReason] = useState('')
  const send = useSend(sendAgain, {
    refresh: [list, one],
    onSuccess: () => toast('good', t('webhooks.sentAgain'), reason),
  })
  const labels = { reason: t('webhooks.reason') }
  const problems = useProblems(send.error, form, labels)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!send.isPending) send.mutate({ webhookId, deliveryId, reason })
  }
  return (
    <form ref={form} onSubmit={submit} noValidate>
      <Stack>
        <ProblemSummary problems={problems} form={form} />
        <Textarea
          label={labels.reason}
          description={t('webhooks.reasonHint')}
          data-field="reason"
          required
          autosize
          minRows={2}
          maxLength={REASON_LENGTH_MAX}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          error={problems.of('reason')}
        />
        <Group justify="flex-end">
          <Button type="submit" leftSection={<IconSend size={16} aria-hidden />} loading={send.isPending}>
            {t('webhooks.sendAgain')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** Webhooks of the institution, for its staff: which address is told of what, and the secret, once. */
import { Button, Code, Group, Modal, Stack, Text } from '@mantine/core'
import {
  IconCircleCheck,
  IconCopy,
  IconKey,
  IconPlayerPause,
  IconPlugX,
  IconPlus,
  IconWebhook,
} from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ResponseOf } from '../../../platform/http/endpoint.ts'
import { useApi, useProblemText, useSend } from '../../../platform/ui/api.tsx'
import { useCopy } from '../../../platform/ui/copy.ts'
import { PageHeader } from '../../../platform/ui/page-header.tsx'
import { useFormat } from '../../../platform/ui/session.tsx'
import { Message, Show } from '../../../platform/ui/states.tsx'
import { DataTable } from '../../../platform/ui/table.tsx'
import { toast } from '../../../platform/ui/toast.tsx'
import { ToneWord } from '../../../platform/ui/tone.tsx'
import { useEventName } from '../event-names.page.tsx'
import { list, rotateSecret } from './configure-webhooks.contract.ts'
import { WebhookForm } from './webhook-form.page.tsx'

type Webhook = ResponseOf<typeof list>['webhooks'][number]

export default function Webhooks() {
  const { t } = useTranslation()
  const eventName = useEventName()
  const query = useApi(list, {})
  const [edited, setEdited] = useState<Webhook | 'new'>()
  const [secret, setSecret] = useState<string>()
  return (
    <>
      <PageHeader
        title={t('webhooks.title')}
        actions={
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setEdited('new')}>
            {t('webhooks.new')}
          </Button>
        }
      >
        {t('webhooks.lead')}
      </PageHeader>
      <Show query={query}>
        {({ webhooks }) =>
          webhooks.length === 0 ? (
            <Message icon={IconWebhook} title={t('webhooks.none')}>
              {t('webhooks.noneHint')}
            </Message>
          ) : (
            <DataTable
              label={t('webhooks.title')}
              rows={webhooks}
              keyOf={({ id }) => id}
              columns={[
                {
                  head: t('webhooks.name'),
                  rowHeader: true,
                  cell: ({ id, name, url }) => (
                    <>
                      <Link to={`/app/webhooks/${id}`}>{name}</Link>
                      <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                        {url}
                      </Text>
                    </>
                  ),
                },
                { head: t('webhooks.events'), cell: ({ events }) => events.map(eventName).join(', ') },
                { head: t('webhooks.state'), cell: (webhook) => <State webhook={webhook} /> },
                {
                  head: t('webhooks.actions'),
                  action: true,
                  cell: (webhook) => (
                    <Group gap="xs" justify="flex-end">
                      <NewSecret webhook={webhook} onSecret={setSecret} />
                      <Button
                        size="compact-sm"
                        variant="default"
                        aria-label={t('webhooks.changeOf', { name: webhook.name })}
                        onClick={() => setEdited(webhook)}
                      >
                        {t('webhooks.change')}
                      </Button>
                    </Group>
                  ),
                },
              ]}
            />
          )
        }
      </Show>
      <Modal
        opened={edited !== undefined}
        onClose={() => setEdited(undefined)}
        title={edited === 'new' ? t('webhooks.new') : t('webhooks.changeTitle')}
        closeButtonProps={{ 'aria-label': t('form.close') }}
        size="lg"
      >
        {edited && (
          <WebhookForm
            webhook={edited === 'new' ? undefined : (query.data?.webhooks.find(({ id }) => id === edited.id) ?? edited)}
            onClose={() => setEdited(undefined)}
            onSecret={setSecret}
          />
        )}
      </Modal>
      <Modal
        opened={secret !== undefined}
        onClose={() => setSecret(undefined)}
        title={t('webhooks.secret')}
        closeButtonProps={{ 'aria-label': t('form.close') }}
        size="lg"
      >
        {secret !== undefined && <Secret secret={secret} onKept={() => setSecret(undefined)} />}
      </Modal>
    </>
  )
}

/** A secret is shown this once. */
function Secret({ secret, onKept }: { secret: string; onKept: () => void }) {
  const { t } = useTranslation()
  const { copied, copy } = useCopy({ copied: t('webhooks.copied'), notCopied: t('webhooks.notCopied') })
  return (
    <Stack>
      <Text>{t('webhooks.secretOnce')}</Text>
      <Code block style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
        {secret}
      </Code>
      {copied === false && (
        <Text size="sm" fw={600}>
          {t('webhooks.notCopied')}
        </Text>
      )}
      <Group justify="flex-end">
        <Button variant="default" leftSection={<IconCopy size={16} aria-hidden />} onClick={() => copy(secret)}>
          {copied ? t('webhooks.copied') : t('webhooks.copy')}
        </Button>
        <Button onClick={onKept}>{t('webhooks.secretKept')}</Button>
      </Group>
    </Stack>
  )
}

function State({ webhook: { active, goneAt, previousSecretUntil } }: { webhook: Webhook }) {
  const { t } = useTranslation()
  const { dateTime } = useFormat()
  return (
    <>
      {active ? (
        <ToneWord tone="good" icon={IconCircleCheck}>
          {t('webhooks.active')}
        </ToneWord>
      ) : goneAt ? (
        <ToneWord tone="bad" icon={IconPlugX}>
          {t('webhooks.gone', { at: dateTime(goneAt) })}
        </ToneWord>
      ) : (
        <ToneWord tone="quiet" icon={IconPlayerPause}>
          {t('webhooks.stopped')}
        </ToneWord>
      )}
      {previousSecretUntil && (
        <Text size="sm" c="dimmed">
          {t('webhooks.twoSecrets', { until: dateTime(previousSecretUntil) })}
        </Text>
      )}
    </>
  )
}

function NewSecret({ webhook, onSecret }: { webhook: Webhook; onSecret: (secret: string) => void }) {
  const { t } = useTranslation()
  const text = useProblemText()
  const send = useSend(rotateSecret, { refresh: [list], onSuccess: ({ secret }) => onSecret(secret) })
  return (
    <Button
      size="compact-sm"
      variant="default"
      leftSection={<IconKey size={14} aria-hidden />}
      loading={send.isPending}
      aria-label={t('webhooks.newSecretOf', { name: webhook.name })}
      onClick={() =>
        send.mutate(
          { webhookId: webhook.id },
          { onError: (problem) => toast('bad', t('webhooks.secretFailed'), text(problem)) },
        )
      }
    >
      {t('webhooks.newSecret')}
    </Button>
  )
}

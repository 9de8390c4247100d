/** Creating or changing a webhook. */
import { Checkbox, Stack, Switch, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ResponseOf } from '../../../platform/http/endpoint.ts'
import { useSend } from '../../../platform/ui/api.tsx'
import { DialogForm } from '../../../platform/ui/dialog-form.tsx'
import { toast } from '../../../platform/ui/toast.tsx'
import { useEventName } from '../event-names.page.tsx'
import { NAME_LENGTH_MAX, URL_LENGTH_MAX, WEBHOOK_EVENTS, type WebhookEvent } from '../webhook.fields.ts'
import { change, create, list } from './configure-webhooks.contract.ts'

export function WebhookForm({
  webhook,
  onClose,
  onSecret,
}: {
  webhook: ResponseOf<typeof list>['webhooks'][number] | undefined
  onClose: () => void
  onSecret: (secret: string) => void
}) {
  const { t } = useTranslation()
  const eventName = useEventName()
  const [name, setName] = useState(webhook?.name ?? '')
  const [url, setUrl] = useState(webhook?.url ?? '')
  const [events, setEvents] = useState<string[]>(webhook?.events ?? [])
  const [active, setActive] = useState(webhook?.active ?? true)
  const creating = useSend(create, {
    refresh: [list],
    onSuccess: ({ secret }) => {
      onClose()
      onSecret(secret)
    },
  })
  const changing = useSend(change, {
    refresh: [list],
    onSuccess: () => {
      toast('good', t('webhooks.saved'), name)
      onClose()
    },
  })
  const send = webhook ? changing : creating
  const input = { name, url, events: events as WebhookEvent[], active }
  const labels = {
    name: t('webhooks.name'),
    url: t('webhooks.url'),
    events: t('webhooks.events'),
    active: t('webhooks.active'),
  }
  return (
    <DialogForm
      send={send}
      labels={labels}
      submitLabel={webhook ? t('webhooks.save') : t('webhooks.create')}
      onSubmit={() => (webhook ? changing.mutate({ ...input, webhookId: webhook.id }) : creating.mutate(input))}
      onClose={onClose}
    >
      {(problems) => (
        <>
          <TextInput
            label={labels.name}
            data-field="name"
            data-autofocus
            required
            autoComplete="off"
            maxLength={NAME_LENGTH_MAX}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={problems.of('name')}
          />
          <TextInput
            label={labels.url}
            description={t('webhooks.urlHint')}
            type="url"
            data-field="url"
            required
            autoComplete="off"
            spellCheck={false}
            maxLength={URL_LENGTH_MAX}
            value={url}
            onChange={(event) => setUrl(event.currentTarget.value)}
            error={problems.of('url')}
          />
          <Checkbox.Group
            label={labels.events}
            data-field="events"
            required
            value={events}
            onChange={setEvents}
            error={problems.of('events')}
          >
            <Stack gap="xs" mt="xs">
              {WEBHOOK_EVENTS.map((each) => (
                <Checkbox key={each} value={each} label={eventName(each)} />
              ))}
            </Stack>
          </Checkbox.Group>
          <Switch
            label={labels.active}
            description={t('webhooks.activeHint')}
            data-field="active"
            checked={active}
            onChange={(event) => setActive(event.currentTarget.checked)}
          />
        </>
      )}
    </DialogForm>
  )
}

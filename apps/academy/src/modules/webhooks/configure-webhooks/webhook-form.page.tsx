/** Creating or changing a webhook. */
import { Checkbox, Stack, Switch, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { ResponseOf } from '../../../platform/http/endpoint.ts'
import { useSend } from '../../../platform/ui/api.tsx'
import { DialogForm } from '../../../platform/ui/dialog-form.tsx'
import { useEdited } from '../../../platform/ui/edited.ts'
import { useFormat } from '../../../platform/ui/session.tsx'
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
  const { list: listed } = useFormat()
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
  const { values, set, version, theirs } = useEdited(
    {
      name: webhook?.name ?? '',
      url: webhook?.url ?? '',
      events: webhook?.events ?? [],
      active: webhook?.active ?? true,
    },
    webhook?.version,
    send.error,
    {
      events: (value) => listed(value.map(eventName)),
      active: (value) => t(value ? 'webhooks.active' : 'webhooks.stopped'),
    },
  )
  const { name, url, events, active } = values
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
      theirs={theirs}
      submitLabel={webhook ? t('webhooks.save') : t('webhooks.create')}
      onSubmit={() =>
        webhook ? changing.mutate({ ...input, webhookId: webhook.id, version }) : creating.mutate(input)
      }
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
            onChange={(event) => set({ name: event.currentTarget.value })}
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
            onChange={(event) => set({ url: event.currentTarget.value })}
            error={problems.of('url')}
          />
          <Checkbox.Group
            label={labels.events}
            data-field="events"
            required
            value={events}
            onChange={(value) => set({ events: value })}
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
            onChange={(event) => set({ active: event.currentTarget.checked })}
          />
        </>
      )}
    </DialogForm>
  )
}

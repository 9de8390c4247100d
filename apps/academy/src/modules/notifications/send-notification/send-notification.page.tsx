/** A notice to everybody, the students or the teachers. */
import { Checkbox, Radio, Stack, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSend } from '../../../platform/ui/api.tsx'
import { DialogForm } from '../../../platform/ui/dialog-form.tsx'
import { toast } from '../../../platform/ui/toast.tsx'
import { contract as readInsights } from '../../insights/read-insights/read-insights.contract.ts'
import {
  NOTICE_DESCRIPTION_LENGTH_MAX,
  NOTICE_TITLE_LENGTH_MAX,
  NOTIFICATION_TARGETS,
  type NotificationTarget,
} from '../notification.fields.ts'
import { send as contract, listSent } from './send-notification.contract.ts'

export function SendNotification({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const [title, setTitle] = useState('')
  const [description, setDescription] = useState('')
  const [target, setTarget] = useState<NotificationTarget>('all')
  const [timeless, setTimeless] = useState(false)
  const send = useSend(contract, {
    refresh: [listSent, readInsights],
    onSuccess: ({ recipients }) => {
      toast('good', t('notices.sent'), t('notices.sentTo', { count: recipients }))
      onClose()
    },
  })
  return (
    <DialogForm
      send={send}
      labels={{ title: t('notices.subject'), description: t('notices.text'), target: t('notices.target') }}
      submitLabel={t('notices.submit')}
      onSubmit={() => send.mutate({ title, description, target, timeless })}
      onClose={onClose}
    >
      {({ of, labels }) => (
        <>
          <TextInput
            label={labels['title']}
            data-field="title"
            data-autofocus
            required
            autoComplete="off"
            maxLength={NOTICE_TITLE_LENGTH_MAX}
            value={title}
            onChange={(event) => setTitle(event.currentTarget.value)}
            error={of('title')}
          />
          <Textarea
            label={labels['description']}
            data-field="description"
            required
            autosize
            minRows={4}
            maxRows={12}
            maxLength={NOTICE_DESCRIPTION_LENGTH_MAX}
            value={description}
            onChange={(event) => setDescription(event.currentTarget.value)}
            error={of('description')}
          />
          <Radio.Group
            label={labels['target']}
            data-field="target"
            value={target}
            onChange={(value) => setTarget(value as NotificationTarget)}
            error={of('target')}
          >
            <Stack gap="xs" mt="xs">
              {NOTIFICATION_TARGETS.map((each) => (
                <Radio key={each} value={each} label={t(`notices.targets.${each}`)} />
              ))}
            </Stack>
          </Radio.Group>
          <Checkbox
            label={t('notices.timeless')}
            description={t('notices.timelessHint')}
            checked={timeless}
            onChange={(event) => setTimeless(event.currentTarget.checked)}
          />
        </>
      )}
    </DialogForm>
  )
}

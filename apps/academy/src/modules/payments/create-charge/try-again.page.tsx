/** Having a charge that failed ordered again. */
import { Button, Group, Stack, Text, Textarea } from '@mantine/core'
import { type FormEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSend } from '../../../platform/ui/api.tsx'
import { ProblemSummary, useProblems } from '../../../platform/ui/form.tsx'
import { contract as listCharges } from '../list-charges/list-charges.contract.ts'
import { REASON_LENGTH_MAX, tryAgain } from './create-charge.contract.ts'

export function TryAgain({ chargeId, onClose }: { chargeId: string; onClose: () => void }) {
  const { t } = useTranslation()
  const form = useRef<HTMLFormElement>(null)
  const [reason, setReason] = useState('')
  const send = useSend(tryAgain, { refresh: [listCharges], onSuccess: onClose })
  const labels = { reason: t('payments.why') }
  const problems = useProblems(send.error, form, labels)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!send.isPending) send.mutate({ chargeId, reason })
  }
  return (
    <form ref={form} onSubmit={submit} noValidate>
      <Stack>
        <Text size="sm">{t('payments.tryAgainHint')}</Text>
        <ProblemSummary problems={problems} form={form} />
        <Textarea
          label={labels.reason}
          data-field="reason"
          data-autofocus
          required
          autosize
          minRows={2}
          maxLength={REASON_LENGTH_MAX}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          error={problems.of('reason')}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('form.cancel')}
          </Button>
          <Button type="submit" loading={send.isPending}>
            {t('payments.tryAgain')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

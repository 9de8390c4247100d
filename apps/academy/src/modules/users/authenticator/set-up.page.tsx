/** An app is set up: it is given the secret, and shows that it has it by a code. */
import { Button, Code, Group, List, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { IconCopy, IconDeviceMobile } from '@tabler/icons-react'
import { type FormEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ResponseOf } from '../../../platform/http/endpoint.ts'
import { useSend } from '../../../platform/ui/api.tsx'
import { useCopy } from '../../../platform/ui/copy.ts'
import { ProblemSummary, useProblems } from '../../../platform/ui/form.tsx'
import { readOwnAccount } from '../own-account/own-account.contract.ts'
import { beginAuthenticator, confirmAuthenticator } from './authenticator.contract.ts'
import { QrCode } from './qr-code.page.tsx'

export function SetUp({ onOn }: { onOn: (recoveryCodes: readonly string[]) => void }) {
  const { t } = useTranslation()
  const form = useRef<HTMLFormElement>(null)
  const [currentPassword, setCurrentPassword] = useState('')
  const beginning = useSend(beginAuthenticator)
  const labels = { currentPassword: t('ownAccount.currentPassword') }
  // A sign-in of a while ago asks for the password again; that is no mistake of the person's.
  const passwordNeeded = useRef(false)
  if (beginning.error?.code === 'password-needed') passwordNeeded.current = true
  const problems = useProblems(beginning.error, form, labels)
  const cancelled = useRef(false)
  const cancel = () => {
    cancelled.current = true
    setCurrentPassword('')
    beginning.reset()
  }
  if (beginning.data) return <Confirm begun={beginning.data} onOn={onOn} onCancel={cancel} />
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!beginning.isPending) beginning.mutate(currentPassword === '' ? {} : { currentPassword })
  }
  return (
    <form ref={form} onSubmit={submit} noValidate>
      <Stack gap="md">
        <ProblemSummary problems={problems} form={form} />
        <Text>{t('twoSteps.why')}</Text>
        {passwordNeeded.current && (
          <PasswordInput
            label={labels.currentPassword}
            name="currentPassword"
            data-field="currentPassword"
            autoComplete="current-password"
            size="md"
            value={currentPassword}
            onChange={(event) => setCurrentPassword(event.currentTarget.value)}
            error={problems.of('currentPassword')}
            visibilityToggleFocusable
            visibilityToggleButtonProps={{ 'aria-label': t('signIn.showPassword') }}
          />
        )}
        <Group justify="flex-end">
          {/* The button that had the focus is gone. */}
          <Button type="submit" loading={beginning.isPending} autoFocus={cancelled.current}>
            {t('twoSteps.setUp')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function Confirm({
  begun: { secret, uri },
  onOn,
  onCancel,
}: {
  begun: ResponseOf<typeof beginAuthenticator>
  onOn: (recoveryCodes: readonly string[]) => void
  onCancel: () => void
}) {
  const { t } = useTranslation()
  const form = useRef<HTMLFormElement>(null)
  const [code, setCode] = useState('')
  const confirming = useSend(confirmAuthenticator, {
    refresh: [readOwnAccount],
    onSuccess: ({ recoveryCodes }) => onOn(recoveryCodes),
  })
  const problems = useProblems(confirming.error, form, { code: t('signIn.code') })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!confirming.isPending && code.trim() !== '') confirming.mutate({ code })
  }
  return (
    <form ref={form} onSubmit={submit} noValidate>
      <Stack gap="md">
        <List type="ordered" spacing="sm">
          <List.Item>{t('twoSteps.install')}</List.Item>
          <List.Item>{t('twoSteps.scan')}</List.Item>
          <List.Item>{t('twoSteps.type')}</List.Item>
        </List>
        <QrCode text={uri} label={t('twoSteps.qrCode')} />
        <WithoutCamera secret={secret} uri={uri} />
        <TextInput
          label={t('signIn.code')}
          name="code"
          data-field="code"
          inputMode="numeric"
          autoComplete="one-time-code"
          maxLength={40}
          autoFocus
          size="md"
          maw="16rem"
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
          error={problems.of('code')}
        />
        {/* Above the field it would push the field out of sight. */}
        <ProblemSummary problems={problems} form={form} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            {t('form.cancel')}
          </Button>
          <Button type="submit" loading={confirming.isPending} disabled={code.trim() === ''}>
            {t('twoSteps.turnOn')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** The phone that reads this page cannot point its camera at it. */
function WithoutCamera({ secret, uri }: ResponseOf<typeof beginAuthenticator>) {
  const { t } = useTranslation()
  const { copied, copy } = useCopy({ copied: t('twoSteps.keyCopied'), notCopied: t('twoSteps.keyNotCopied') })
  return (
    <Stack gap="xs">
      <Text size="sm">{t('twoSteps.cannotScan')}</Text>
      <Code fz="md" style={{ overflowWrap: 'anywhere' }}>
        {secret.match(/.{1,4}/g)?.join(' ')}
      </Code>
      <Group>
        <Button component="a" href={uri} variant="default" leftSection={<IconDeviceMobile size={18} aria-hidden />}>
          {t('twoSteps.openApp')}
        </Button>
        <Button variant="default" leftSection={<IconCopy size={18} aria-hidden />} onClick={() => copy(secret)}>
          {copied ? t('twoSteps.keyCopied') : t('twoSteps.copyKey')}
        </Button>
      </Group>
      {copied === false && (
        <Text size="sm" fw={600}>
          {t('twoSteps.keyNotCopied')}
        </Text>
      )}
    </Stack>
  )
}

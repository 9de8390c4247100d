/** The password was right, and the account asks for a code of its owner's app, or for a recovery code. */
import { Anchor, Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { type FormEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ApiProblem } from '../../../platform/http/client.ts'
import type { WhomToAsk } from '../../../platform/http/endpoint.ts'
import { ProblemSummary, useProblems } from '../../../platform/ui/form.tsx'
import { OperatorContact } from '../../../platform/ui/operator-contact.tsx'
import { OutsideCard } from '../../../platform/ui/outside-card.tsx'

export function EnterCode({
  problem,
  whom: { turnedOffBy, operatorContact },
  entering,
  onEnter,
  onOtherKind,
  onBack,
}: {
  problem: ApiProblem | null
  /** Somebody who lost the app and the recovery codes is told to ask there. */
  whom: WhomToAsk
  entering: boolean
  onEnter: (code: string) => void
  /** A problem is that of the kind of code that was sent. */
  onOtherKind: () => void
  onBack: () => void
}) {
  const { t } = useTranslation()
  const form = useRef<HTMLFormElement>(null)
  const [recovering, setRecovering] = useState(false)
  const [code, setCode] = useState('')
  const label = recovering ? t('signIn.recoveryCode') : t('signIn.code')
  const problems = useProblems(problem, form, { code: label })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!entering && code.trim() !== '') onEnter(code.trim())
  }
  return (
    <OutsideCard
      narrow
      title={t('signIn.codeTitle')}
      hint={recovering ? t('signIn.recoveryCodeHint') : t('signIn.codeHint')}
    >
      <form ref={form} onSubmit={submit} noValidate aria-label={t('signIn.codeTitle')}>
        <Stack gap="md">
          <ProblemSummary problems={problems} form={form} />
          {problem?.code === 'code-proof-needed' && (
            <Button component={Link} to="/app/forgot-password" variant="default" fullWidth>
              {t('signIn.byLink')}
            </Button>
          )}
          <TextInput
            key={label}
            label={label}
            name="code"
            data-field="code"
            inputMode={recovering ? 'text' : 'numeric'}
            autoComplete={recovering ? 'off' : 'one-time-code'}
            autoCapitalize="none"
            spellCheck={false}
            maxLength={40}
            autoFocus
            size="md"
            value={code}
            onChange={(event) => setCode(event.currentTarget.value)}
            error={problems.of('code')}
          />
          <Button type="submit" size="md" loading={entering} disabled={code.trim() === ''} fullWidth mt="xs">
            {t('signIn.submit')}
          </Button>
          <Group justify="space-between">
            <Anchor
              component="button"
              type="button"
              size="sm"
              disabled={entering}
              onClick={() => {
                setRecovering(!recovering)
                setCode('')
                onOtherKind()
              }}
            >
              {recovering ? t('signIn.useApp') : t('signIn.useRecoveryCode')}
            </Anchor>
            <Anchor component="button" type="button" size="sm" onClick={onBack}>
              {t('signIn.back')}
            </Anchor>
          </Group>
          <Text size="sm" c="dimmed">
            {t('signIn.lostBoth')} {t(`signIn.turnedOffBy.${turnedOffBy}`)}{' '}
            {operatorContact && <OperatorContact contact={operatorContact} />}
          </Text>
        </Stack>
      </form>
    </OutsideCard>
  )
}

/** Two-step verification in one's own account: set up, looked after, turned off. */
import { Alert, Anchor, Button, Group, Modal, Paper, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core'
import { IconShieldLock } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ResponseOf } from '../../../platform/http/endpoint.ts'
import { SESSION_KEY, useSend } from '../../../platform/ui/api.tsx'
import { DialogForm } from '../../../platform/ui/dialog-form.tsx'
import { safeReturnPath } from '../../../platform/ui/page.ts'
import { useFormat, usePerson } from '../../../platform/ui/session.tsx'
import { toast } from '../../../platform/ui/toast.tsx'
import { readOwnAccount } from '../own-account/own-account.contract.ts'
import { renewRecoveryCodes, turnOffAuthenticator } from './authenticator.contract.ts'
import { RecoveryCodes } from './recovery-codes.page.tsx'
import { SetUp } from './set-up.page.tsx'

type Account = ResponseOf<typeof readOwnAccount>
/** So few are left that others are better made soon. */
const FEW_CODES = 3

export function TwoSteps({ hasPassword, authenticator }: Pick<Account, 'hasPassword' | 'authenticator'>) {
  const { t } = useTranslation()
  const { to } = useSearch({ strict: false }) as { to?: unknown }
  const { authenticatorNeeded } = usePerson()
  const queries = useQueryClient()
  const [codes, setCodes] = useState<readonly string[]>()
  const isAsked = useRef(authenticatorNeeded)
  const kept = () => {
    setCodes(undefined)
    if (isAsked.current) window.location.assign(safeReturnPath(to))
  }
  return (
    <section aria-labelledby="two-steps-title">
      <Title order={2} id="two-steps-title" mb="sm">
        {t('twoSteps.title')}
      </Title>
      {authenticatorNeeded && (
        <Alert
          color="water"
          variant="light"
          bg="var(--accent-soft)"
          icon={<IconShieldLock aria-hidden />}
          mb="md"
          maw="36rem"
        >
          {t('twoSteps.asked')}
        </Alert>
      )}
      <Paper withBorder p={{ base: 'md', sm: 'xl' }} maw="36rem" style={{ borderColor: 'var(--line)' }}>
        {codes ? (
          <RecoveryCodes codes={codes} onKept={kept} />
        ) : authenticator ? (
          <On authenticator={authenticator} onCodes={setCodes} />
        ) : hasPassword ? (
          <SetUp
            onOn={(recoveryCodes) => {
              setCodes(recoveryCodes)
              void queries.invalidateQueries({ queryKey: SESSION_KEY })
            }}
          />
        ) : (
          <Text>
            {t('ownAccount.noPassword')}{' '}
            <Anchor component={Link} to="/app/forgot-password">
              {t('ownAccount.firstPassword')}
            </Anchor>
          </Text>
        )}
      </Paper>
    </section>
  )
}

function On({
  authenticator: { since, recoveryCodesLeft },
  onCodes,
}: {
  authenticator: NonNullable<Account['authenticator']>
  onCodes: (codes: readonly string[]) => void
}) {
  const { t } = useTranslation()
  const { dateTime } = useFormat()
  const [change, setChange] = useState<'renew' | 'off'>()
  const close = () => setChange(undefined)
  const renewing = useSend(renewRecoveryCodes, {
    refresh: [readOwnAccount],
    onSuccess: ({ recoveryCodes }) => {
      close()
      onCodes(recoveryCodes)
    },
  })
  const turningOff = useSend(turnOffAuthenticator, {
    refresh: [readOwnAccount],
    onSuccess: () => {
      close()
      toast('good', t('twoSteps.isOff'))
    },
  })
  return (
    <Stack gap="md">
      <Text>{t('twoSteps.since', { at: dateTime(since) })}</Text>
      <Text c={recoveryCodesLeft > FEW_CODES ? 'dimmed' : 'inherit'} fw={recoveryCodesLeft > FEW_CODES ? 400 : 600}>
        {t('twoSteps.left', { count: recoveryCodesLeft })}
      </Text>
      <Group>
        <Button variant="default" onClick={() => setChange('renew')}>
          {t('twoSteps.renew')}
        </Button>
        <Button variant="default" onClick={() => setChange('off')}>
          {t('twoSteps.turnOff')}
        </Button>
      </Group>
      <Modal
        opened={change !== undefined}
        onClose={close}
        title={change === 'off' ? t('twoSteps.title') : t('twoSteps.recoveryCodes')}
        closeButtonProps={{ 'aria-label': t('form.close') }}
      >
        {change === 'off' ? (
          <ProofForm
            hint={t('twoSteps.turnOffHint')}
            submitLabel={t('twoSteps.turnOff')}
            send={turningOff}
            onClose={close}
          />
        ) : (
          <ProofForm hint={t('twoSteps.renewHint')} submitLabel={t('twoSteps.renew')} send={renewing} onClose={close} />
        )}
      </Modal>
    </Stack>
  )
}

type Proof = { currentPassword: string; code: string }

function ProofForm({
  hint,
  submitLabel,
  send,
  onClose,
}: {
  hint: string
  submitLabel: string
  send: Pick<ReturnType<typeof useSend<typeof turnOffAuthenticator>>, 'error' | 'isPending'> & {
    mutate: (proof: Proof) => void
  }
  onClose: () => void
}) {
  const { t } = useTranslation()
  const [proof, setProof] = useState<Proof>({ currentPassword: '', code: '' })
  const labels = { currentPassword: t('ownAccount.currentPassword'), code: t('twoSteps.anyCode') }
  return (
    <DialogForm
      send={send}
      labels={labels}
      submitLabel={submitLabel}
      onSubmit={() => send.mutate(proof)}
      onClose={onClose}
    >
      {(problems) => (
        <>
          <Text size="sm">{hint}</Text>
          <PasswordInput
            label={labels.currentPassword}
            name="currentPassword"
            data-field="currentPassword"
            data-autofocus
            autoComplete="current-password"
            value={proof.currentPassword}
            onChange={(event) => setProof({ ...proof, currentPassword: event.currentTarget.value })}
            error={problems.of('currentPassword')}
            visibilityToggleFocusable
            visibilityToggleButtonProps={{ 'aria-label': t('signIn.showPassword') }}
          />
          <TextInput
            label={labels.code}
            name="code"
            data-field="code"
            autoComplete="one-time-code"
            autoCapitalize="none"
            spellCheck={false}
            maxLength={40}
            value={proof.code}
            onChange={(event) => setProof({ ...proof, code: event.currentTarget.value })}
            error={problems.of('code')}
          />
        </>
      )}
    </DialogForm>
  )
}

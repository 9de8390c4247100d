/** The password, changed by whoever knows the current one. */
import { Anchor, Button, Group, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { type FormEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { mayBeChosen } from '../../../platform/auth/password.fields.ts'
import { useSend } from '../../../platform/ui/api.tsx'
import { ProblemSummary, useProblems } from '../../../platform/ui/form.tsx'
import { NewPassword } from '../../../platform/ui/new-password.tsx'
import { usePerson } from '../../../platform/ui/session.tsx'
import { toast } from '../../../platform/ui/toast.tsx'
import { changePassword, readOwnAccount } from './own-account.contract.ts'

export function PasswordForm({ hasPassword }: { hasPassword: boolean }) {
  const { t } = useTranslation()
  return (
    <section aria-labelledby="password-title">
      <Title order={2} id="password-title" mb="sm">
        {t('ownAccount.password')}
      </Title>
      <Paper withBorder p={{ base: 'md', sm: 'xl' }} maw="36rem" style={{ borderColor: 'var(--line)' }}>
        {hasPassword ? (
          <Form />
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

function Form() {
  const { t } = useTranslation()
  const { email } = usePerson()
  const form = useRef<HTMLFormElement>(null)
  const [currentPassword, setCurrentPassword] = useState('')
  const [password, setPassword] = useState('')
  const changing = useSend(changePassword, {
    refresh: [readOwnAccount],
    onSuccess: () => {
      setCurrentPassword('')
      setPassword('')
      toast('good', t('ownAccount.passwordChanged'), t('ownAccount.passwordChangedHint'))
    },
  })
  const labels = { currentPassword: t('ownAccount.currentPassword'), password: t('ownAccount.newPassword') }
  const problems = useProblems(changing.error, form, labels)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!changing.isPending) changing.mutate({ currentPassword, password })
  }
  return (
    <form ref={form} onSubmit={submit} noValidate>
      <Stack gap="md">
        <ProblemSummary problems={problems} form={form} />
        {/* Managers then know whose password it is. */}
        <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
        <PasswordInput
          label={labels.currentPassword}
          name="currentPassword"
          data-field="currentPassword"
          autoComplete="current-password"
          required
          withAsterisk={false}
          size="md"
          value={currentPassword}
          onChange={(event) => setCurrentPassword(event.currentTarget.value)}
          error={problems.of('currentPassword')}
          visibilityToggleFocusable
          visibilityToggleButtonProps={{ 'aria-label': t('signIn.showPassword') }}
        />
        <NewPassword label={labels.password} value={password} onChange={setPassword} error={problems.of('password')} />
        <Group justify="space-between" align="center">
          <Text size="sm" c="dimmed" style={{ flex: '1 1 14rem' }}>
            {t('ownAccount.passwordHint')}
          </Text>
          <Button
            type="submit"
            loading={changing.isPending}
            disabled={currentPassword === '' || !mayBeChosen(password)}
          >
            {t('ownAccount.changePassword')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

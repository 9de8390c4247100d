/** A forgotten password. The page says the same whether anybody has the address or not. */
import { Anchor, Button, Stack, TextInput } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { type FormEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSend } from '../../../platform/ui/api.tsx'
import { ProblemSummary, useProblems } from '../../../platform/ui/form.tsx'
import { MailSent, OutsideCard } from '../../../platform/ui/outside-card.tsx'
import { contract } from './reset-password.contract.ts'

export default function ForgotPassword() {
  const { t } = useTranslation()
  const form = useRef<HTMLFormElement>(null)
  const [email, setEmail] = useState('')
  const asking = useSend(contract)
  const problems = useProblems(asking.error, form, { email: t('signIn.email') })
  if (asking.isSuccess) {
    return (
      <MailSent title={t('forgotPassword.sent')} onAgain={asking.reset}>
        {t('forgotPassword.sentHint', { email })}
      </MailSent>
    )
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!asking.isPending) asking.mutate({ email })
  }
  return (
    <OutsideCard title={t('forgotPassword.title')} hint={t('forgotPassword.hint')}>
      <form ref={form} onSubmit={submit} noValidate>
        <Stack gap="md">
          <ProblemSummary problems={problems} form={form} />
          <TextInput
            label={t('signIn.email')}
            type="email"
            name="email"
            data-field="email"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            required
            withAsterisk={false}
            size="md"
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
            error={problems.of('email')}
          />
          <Button type="submit" size="md" fullWidth loading={asking.isPending}>
            {t('forgotPassword.submit')}
          </Button>
          <Anchor component={Link} to="/app/sign-in" size="sm" ta="center">
            {t('forgotPassword.back')}
          </Anchor>
        </Stack>
      </form>
    </OutsideCard>
  )
}

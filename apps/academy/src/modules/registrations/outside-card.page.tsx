/** What the pages of coming in share: the card, the password that is checked while one types, the word that a mail is on its way. */
import { Button, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core'
import { IconCircle, IconCircleCheck, IconMailForward } from '@tabler/icons-react'
import { type ReactNode, useId } from 'react'
import { useTranslation } from 'react-i18next'
import { PASSWORD_CHECK_NAMES, PASSWORD_CHECKS, PASSWORD_LENGTH_MAX } from '../../platform/auth/password.fields.ts'
import { Outside } from '../../platform/ui/outside.tsx'
import { Message } from '../../platform/ui/states.tsx'
import classes from './outside-card.page.module.css'

export function OutsideCard({ title, hint, children }: { title: string; hint?: ReactNode; children: ReactNode }) {
  return (
    <Outside>
      <div className={classes.place}>
        <Paper withBorder p={{ base: 'lg', sm: 'xl' }} className={classes.card}>
          <Stack gap="md">
            <div>
              <Title order={1}>{title}</Title>
              {hint && (
                <Text c="dimmed" mt={4}>
                  {hint}
                </Text>
              )}
            </div>
            {children}
          </Stack>
        </Paper>
      </div>
    </Outside>
  )
}

/** @param onAgain back to the form: a letter of the address may be wrong. */
export function MailSent({ title, children, onAgain }: { title: string; children: ReactNode; onAgain: () => void }) {
  const { t } = useTranslation()
  return (
    <Outside>
      <div className={classes.place} role="status">
        <Paper withBorder p={{ base: 'lg', sm: 'xl' }} className={classes.card}>
          <Message
            page
            icon={IconMailForward}
            title={title}
            action={
              <Button variant="default" onClick={onAgain}>
                {t('mailSent.again')}
              </Button>
            }
          >
            {children} {t('mailSent.missing')}
          </Message>
        </Paper>
      </div>
    </Outside>
  )
}

export function NewPassword({
  value,
  onChange,
  error,
}: {
  value: string
  onChange: (value: string) => void
  error: string | undefined
}) {
  const { t } = useTranslation()
  const checks = useId()
  return (
    <div>
      <PasswordInput
        label={t('newPassword.label')}
        name="password"
        data-field="password"
        autoComplete="new-password"
        required
        withAsterisk={false}
        size="md"
        maxLength={PASSWORD_LENGTH_MAX}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        error={error}
        aria-describedby={checks}
        visibilityToggleFocusable
        visibilityToggleButtonProps={{ 'aria-label': t('signIn.showPassword') }}
      />
      <ul className={classes.checks} id={checks} aria-label={t('newPassword.checks')}>
        {PASSWORD_CHECK_NAMES.map((name) => {
          const met = PASSWORD_CHECKS[name](value)
          return (
            <li key={name} data-met={met || undefined}>
              {met ? <IconCircleCheck size={16} aria-hidden /> : <IconCircle size={16} aria-hidden />}
              <span>{t(`newPassword.check.${name}`)}</span>
            </li>
          )
        })}
      </ul>
    </div>
  )
}

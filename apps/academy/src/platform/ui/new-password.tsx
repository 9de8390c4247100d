/** A new password: what is asked of it is said before it is typed, and how it stands meanwhile. A manager may fill or paste it. */
import { PasswordInput, Text } from '@mantine/core'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { mayBeChosen, PASSWORD_LENGTH_MAX, strengthOf } from '../auth/password.fields.ts'
import classes from './new-password.module.css'

export type NewPasswordProps = {
  value: string
  onChange: (value: string) => void
  error: string | undefined
  label?: string
  field?: string
}

export function NewPassword({ value, onChange, error, label, field = 'password' }: NewPasswordProps) {
  const { t } = useTranslation()
  const strength = useId()
  return (
    <div>
      <PasswordInput
        label={label ?? t('newPassword.label')}
        description={t('newPassword.hint')}
        name={field}
        data-field={field}
        autoComplete="new-password"
        required
        withAsterisk={false}
        size="md"
        maxLength={PASSWORD_LENGTH_MAX}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        error={error}
        aria-describedby={strength}
        visibilityToggleFocusable
        visibilityToggleButtonProps={{ 'aria-label': t('signIn.showPassword') }}
      />
      <Text
        id={strength}
        role="status"
        size="sm"
        className={classes.strength}
        data-good={mayBeChosen(value) || undefined}
      >
        {value === '' ? '' : t(`newPassword.strength.${strengthOf(value)}`)}
      </Text>
    </div>
  )
}

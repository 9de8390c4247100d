/** Inputs that forms about people share. Nothing is filled in by the browser: it knows its owner, and this is about others. */
import { TextInput, type TextInputProps } from '@mantine/core'
import { EMAIL_LENGTH_MAX, PERSON_NAME_LENGTH_MAX } from '../http/person.fields.ts'

type PersonFieldProps = Omit<TextInputProps, 'onChange' | 'value'> & {
  value: string
  onChange: (value: string) => void
}

export function NameField({ onChange, ...input }: PersonFieldProps) {
  return (
    <TextInput
      data-field="name"
      required
      autoComplete="off"
      maxLength={PERSON_NAME_LENGTH_MAX}
      onChange={(event) => onChange(event.currentTarget.value)}
      {...input}
    />
  )
}

export function EmailField({ onChange, ...input }: PersonFieldProps) {
  return (
    <TextInput
      data-field="email"
      type="email"
      required
      autoComplete="off"
      autoCapitalize="none"
      spellCheck={false}
      maxLength={EMAIL_LENGTH_MAX}
      onChange={(event) => onChange(event.currentTarget.value)}
      {...input}
    />
  )
}

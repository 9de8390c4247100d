/** An hour of the day as people write it, at any minute: `7:50`, `0750`, `07h50` and `07:50` are the same; a day ends at 24:00. */
import { TextInput, type TextInputProps } from '@mantine/core'
import { useState } from 'react'
import { hourTyped } from './hour-typed.ts'

export function HourInput({
  value,
  onHour,
  ...input
}: Omit<TextInputProps, 'value' | 'onChange' | 'onBlur'> & {
  value: string
  /** Told of every change; what is no hour is told as it was typed, and the server says so. */
  onHour: (hour: string) => void
}) {
  // What is typed stays as it is until the field is left.
  const [typed, setTyped] = useState<string>()
  const tell = () => {
    if (typed !== undefined) onHour(hourTyped(typed) ?? typed)
    setTyped(undefined)
  }
  return (
    <TextInput
      {...input}
      inputMode="numeric"
      maxLength={5}
      value={typed ?? value}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={tell}
      // Enter sends the form with what stands in the field.
      onKeyDown={(event) => event.key === 'Enter' && tell()}
    />
  )
}

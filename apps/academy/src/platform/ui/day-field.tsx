/** A day in a form. What it takes to pick one is loaded when a form asks for one; the field is there before. */
import { TextInput } from '@mantine/core'
import { lazy, Suspense } from 'react'

const DayInput = lazy(() => import('./day-input.tsx'))

export function DayField({
  label,
  field,
  value,
  onChange,
  error,
}: {
  label: string
  field: string
  /** YYYY-MM-DD */
  value: string | null
  onChange: (value: string | null) => void
  error: string | undefined
}) {
  return (
    <div data-field={field}>
      <Suspense fallback={<TextInput label={label} value={value ?? ''} required readOnly />}>
        <DayInput label={label} required value={value} onChange={onChange} error={error} />
      </Suspense>
    </div>
  )
}

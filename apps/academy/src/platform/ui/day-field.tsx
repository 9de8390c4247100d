/** A day in a form. What it takes to pick one is loaded when a form asks for one; the field is there before. */
import { TextInput } from '@mantine/core'
import { lazy, Suspense } from 'react'

const DayInput = lazy(() => import('./day-input.tsx'))

export function DayField({
  label,
  field,
  value,
  near,
  problemOf,
  onChange,
  error,
}: {
  label: string
  field: string
  /** YYYY-MM-DD, or what was typed and is no day: it is sent as it is, and refused. */
  value: string | null
  /** Where to look for the day as long as none is chosen, YYYY-MM-DD. */
  near?: string | undefined
  /** What speaks against a day, in words. */
  problemOf?: (day: string) => string | undefined
  onChange: (value: string | null) => void
  error: string | undefined
}) {
  return (
    <div data-field={field}>
      <Suspense fallback={<TextInput label={label} value={value ?? ''} required readOnly />}>
        <DayInput
          label={label}
          required
          value={value}
          near={near}
          problemOf={problemOf}
          onChange={onChange}
          error={error}
        />
      </Suspense>
    </div>
  )
}

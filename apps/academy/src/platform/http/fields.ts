/** Field schemas that contracts share. */
import { z } from 'zod'
import { EMAIL_LENGTH_MAX, PERSON_NAME_LENGTH_MAX } from './person.fields.ts'

/** In either case the same, as to the database. */
export const id = z.uuid().toLowerCase().meta({ description: 'UUID', example: '019a0000-0000-7000-8000-000000000000' })
/** A day on the institution's calendar, without a zone. */
export const date = z.iso.date().meta({ description: 'Day, YYYY-MM-DD', example: '2026-12-01' })
/** A wall-clock time in the institution's zone. */
export const hour = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
  .meta({ description: "HH:MM in the institution's time zone", example: '23:59' })
/** An instant. */
export const instant = z.iso.datetime({ offset: true }).meta({ description: 'Instant, ISO 8601' })
/** Of what was read, sent back with a change: it is refused when somebody has changed the same in the meantime. */
export const version = z.int().min(1)
/** Whoever sends none has looked at nothing: their change replaces whatever stands. */
export const versionRead = version.optional().meta({
  description:
    'The version that was read; a change since then refuses this one. Without it, whatever stands is replaced',
})
export const count = z.int().min(0)
/** What is shown as `12.50 %`. */
export const percentage = z.number().min(0).max(100)
/** Compared without regard to case, so kept in lower case. */
export const email = z.string().trim().toLowerCase().min(1).max(EMAIL_LENGTH_MAX).pipe(z.email('invalid-email'))
/** Text that people type: no leading or trailing space, at least one visible character, no control characters but line ends and tabs. */
export const text = (maxLength: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(maxLength)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused; PostgreSQL cannot store U+0000
    .regex(/^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$/)
    .refine((value) => value.isWellFormed(), { params: { code: 'invalid-format' } })
    .refine(isVisible, 'nothing-visible')

/** Something is left without controls, marks of direction and joiners, spaces, and the letters that are drawn as nothing. That there is nothing at all is said by another rule. */
function isVisible(value: string): boolean {
  return (
    value === '' || value.replace(/\p{C}|\p{Z}|\u034f|\u115f|\u1160|\u17b4|\u17b5|\u2800|\u3164|\uffa0/gu, '') !== ''
  )
}

/**
 * Text that stands in a heading, a list, a subject or a title: one line, and nothing in it that would turn the words around it
 * ("Trojan Source", CVE-2021-42574).
 */
export const line = (maxLength: number) =>
  text(maxLength).refine(
    (value) => !/[\t\n\v\f\r\u0085\u2028\u2029\u202a-\u202e\u2066-\u2069]/.test(value),
    'not-one-line',
  )

/** The names of people. */
export const personName = line(PERSON_NAME_LENGTH_MAX)

/** Vocabulary of classes, their schedules and lessons. Part of the browser's bundle. */
import { z } from 'zod'
import { count, date, id, percentage } from '../../platform/http/fields.ts'

export const CLASS_STATUSES = ['pre-enrollment', 'enrollment', 'started', 'finalized'] as const
export type ClassStatus = (typeof CLASS_STATUSES)[number]

/** As people see it: a class whose enrollment is over waits to be started. */
export const SHOWN_CLASS_STATUSES = ['pre-enrollment', 'enrollment', 'awaiting-start', 'started', 'finalized'] as const
export const shownClassStatus = z.enum(SHOWN_CLASS_STATUSES)
export type ShownClassStatus = z.output<typeof shownClassStatus>

/** In the order of the week. */
export const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const
export const day = z.enum(DAYS, 'invalid-day')

/** Any minute of a day, its end included; as text they compare like times. */
export const scheduleHour = z
  .string()
  .regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'invalid-hour')
  .meta({ description: 'A minute from 00:00 to 24:00', example: '19:00' })

export const schedule = z.strictObject({ day, startAt: scheduleHour, endAt: scheduleHour })
export type Schedule = z.output<typeof schedule>

export const SCHEDULES_MAX = 12
export const VACANCIES_MAX = 1_000
export const vacancies = z.int().min(0).max(VACANCIES_MAX)

export const STUDENT_CLASS_STATUSES = [
  'enrolled',
  'approved',
  'failed-by-note',
  'failed-by-frequency',
  'exempt',
] as const
export const studentClassStatus = z.enum(STUDENT_CLASS_STATUSES)
export type StudentClassStatus = z.output<typeof studentClassStatus>

export const lesson = z.object({
  id,
  number: z.int().min(1),
  date,
  startAt: z.string(),
  endAt: z.string(),
  status: z.enum(['pending', 'finalized']),
  present: count,
  records: count.meta({ description: 'Of how many students it is known whether they were there' }),
  frequency: percentage.meta({ description: 'Present of recorded, in percent; 0 without records' }),
})

/** At most as many classes in one request as a screen lists. */
export const CLASSES_MAX = 200
export const classIds = z.array(id).min(1, 'invalid-classes-list').max(CLASSES_MAX)

/**
 * The rounding of a mean that lies exactly between two hundredths. `half-even`: the even one of the two, so that sums of many
 * lean to neither side. `half-up`: the higher one.
 */
export const ROUNDINGS = ['half-even', 'half-up'] as const
export type Rounding = (typeof ROUNDINGS)[number]

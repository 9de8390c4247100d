/** Vocabulary of academic and enrollment periods. Part of the browser's bundle. */
import { z } from 'zod'

export const PERIOD_ID_LENGTH_MAX = 20

/** As people type it: `20261`, `2026/1` and `2026.1` are the same. */
export const periodIdTyped = z
  .string()
  .trim()
  .min(1)
  .max(PERIOD_ID_LENGTH_MAX)
  .meta({ description: 'Year and half', example: '2026.1' })
/** As it is kept. */
export const periodId = z
  .string()
  .max(PERIOD_ID_LENGTH_MAX)
  .meta({ description: 'YYYY.1 or YYYY.2', example: '2026.1' })

export const ENROLLMENT_PERIOD_STATUSES = ['not-started', 'open', 'finalized'] as const
export const enrollmentPeriodStatus = z
  .enum(ENROLLMENT_PERIOD_STATUSES)
  .meta({ description: "By the institution's calendar, both ends being days of it" })
export type EnrollmentPeriodStatus = z.output<typeof enrollmentPeriodStatus>

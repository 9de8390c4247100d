/** Vocabulary of activities that requests, responses, rules and pages share. Part of the browser's bundle. */
import { z } from 'zod'
import { date, hour, id, instant, line, text } from '../../platform/http/fields.ts'

export const NOTES = ['N1', 'N2', 'N3'] as const
export const note = z.enum(NOTES).meta({ description: "Which of the student's three grades the activity counts for" })
export type Note = z.output<typeof note>

export const ACTIVITY_TYPES = ['exam', 'work', 'research', 'presentation'] as const
export const activityType = z.enum(ACTIVITY_TYPES)
export type ActivityType = z.output<typeof activityType>

export const TITLE_LENGTH_MAX = 120
export const DESCRIPTION_LENGTH_MAX = 10_000

export const title = line(TITLE_LENGTH_MAX)
export const description = text(DESCRIPTION_LENGTH_MAX)
export const weight = z.int().min(0).max(100).meta({ description: 'Share of the note, in percent' })

export const remainingWeights = z.object({ N1: weight, N2: weight, N3: weight })

/** An activity as lists and pages show it. */
export const activitySummary = z.object({
  id,
  note,
  title: z.string(),
  type: activityType,
  weight,
  dueDate: date,
  dueHour: hour,
  createdAt: instant,
})

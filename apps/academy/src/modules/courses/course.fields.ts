/** Vocabulary of courses. Part of the browser's bundle. */
import { z } from 'zod'
import { line } from '../../platform/http/fields.ts'

export const COURSE_TYPES = [
  'bachelor',
  'licentiate',
  'technologist',
  'specialization',
  'master',
  'doctorate',
  'post-doctorate',
] as const
export const courseType = z.enum(COURSE_TYPES, 'invalid-course-type')
export type CourseType = z.output<typeof courseType>

export const COURSE_NAME_LENGTH_MAX = 50
export const courseName = line(COURSE_NAME_LENGTH_MAX)

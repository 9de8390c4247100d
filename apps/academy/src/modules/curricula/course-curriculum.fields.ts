/** Vocabulary of curricula. Part of the browser's bundle. */
import { z } from 'zod'
import { id, line } from '../../platform/http/fields.ts'

export const CURRICULUM_PERIODS_MAX = 20
export const DISCIPLINES_MAX = 500

export const CURRICULUM_NAME_LENGTH_MAX = 50
export const CREDITS_MAX = 255
export const WORKLOAD_HOURS_MAX = 10_000

export const curriculumName = line(CURRICULUM_NAME_LENGTH_MAX)
export const curriculumPeriod = z.int().min(1).max(CURRICULUM_PERIODS_MAX)
export const credits = z.int().min(0).max(CREDITS_MAX)
export const workloadHours = z.int().min(0).max(WORKLOAD_HOURS_MAX)

/** A discipline as a curriculum has it. */
export const curriculumDiscipline = z.strictObject({ id, period: curriculumPeriod, credits, workloadHours })
export type CurriculumDiscipline = z.output<typeof curriculumDiscipline>

/** Vocabulary of curricula. Part of the browser's bundle. */
import { z } from 'zod'
import { id, text } from '../../platform/http/fields.ts'

export const CURRICULUM_PERIODS_MAX = 20
export const DISCIPLINES_MAX = 500

export const curriculumName = text(50)
export const curriculumPeriod = z.int().min(1).max(CURRICULUM_PERIODS_MAX)
export const credits = z.int().min(0).max(255)
export const workloadHours = z.int().min(0).max(10_000)

/** A discipline as a curriculum has it. */
export const curriculumDiscipline = z.strictObject({ id, period: curriculumPeriod, credits, workloadHours })
export type CurriculumDiscipline = z.output<typeof curriculumDiscipline>

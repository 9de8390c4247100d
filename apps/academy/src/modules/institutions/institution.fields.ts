/** Vocabulary of institutions. Part of the browser's bundle. */
import { z } from 'zod'
import { line } from '../../platform/http/fields.ts'

export const INSTITUTION_NAME_LENGTH_MAX = 200
export const institutionName = line(INSTITUTION_NAME_LENGTH_MAX)

export const TIME_ZONE_LENGTH_MAX = 64
export const timeZone = z
  .string()
  .max(TIME_ZONE_LENGTH_MAX)
  .meta({ description: 'Name in the IANA list', example: 'America/Rio_Branco' })

/** How much demonstration data: 10, 300 or 3,000 students. */
export const DEMO_SIZES = ['S', 'M', 'L'] as const
export const demoSize = z.enum(DEMO_SIZES)
export type DemoSize = z.output<typeof demoSize>

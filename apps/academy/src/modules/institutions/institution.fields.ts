/** Vocabulary of institutions. Part of the browser's bundle. */
import { z } from 'zod'
import { text } from '../../platform/http/fields.ts'

export const institutionName = text(200)

/** How much demonstration data: 10, 300 or 3,000 students. */
export const DEMO_SIZES = ['S', 'M', 'L'] as const
export const demoSize = z.enum(DEMO_SIZES)
export type DemoSize = z.output<typeof demoSize>

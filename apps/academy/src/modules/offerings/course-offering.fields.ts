/** Vocabulary of offerings. Part of the browser's bundle. */
import { z } from 'zod'

export const SHIFTS = ['morning', 'afternoon', 'night'] as const
export const shift = z.enum(SHIFTS, 'invalid-shift')
export type Shift = z.output<typeof shift>

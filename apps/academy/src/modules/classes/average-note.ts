/** Averages of notes, with two decimals, rounded as the institution says. */
import type { Rounding } from './class.fields.ts'

/** Of a class: the mean of the two highest of three notes; null until all three are graded. */
export function averageNote(notes: readonly (number | null)[], rounding: Rounding): number | null {
  if (notes.length !== 3) return null
  const graded = notes.filter((note) => note !== null)
  if (graded.length !== 3) return null
  return mean(graded.sort((a, b) => b - a).slice(0, 2), rounding)
}

/** Of a student: the mean of the averages of concluded disciplines, 0 when there are none. */
export const overallAverage = (averages: readonly number[], rounding: Rounding): number =>
  averages.length === 0 ? 0 : mean(averages, rounding)

/** Of notes that have at most two decimals. */
export function mean(notes: readonly number[], rounding: Rounding): number {
  const hundredths = notes.reduce((sum, note) => sum + Math.round(note * 100), 0) // rounding removes the binary error only
  const divide = rounding === 'half-up' ? divideHalfUp : divideHalfToEven
  return divide(hundredths, notes.length) / 100
}

/** Whole numbers only. */
export function divideHalfToEven(dividend: number, divisor: number): number {
  const quotient = Math.floor(dividend / divisor)
  const twice = 2 * (dividend - quotient * divisor)
  return twice > divisor || (twice === divisor && quotient % 2 === 1) ? quotient + 1 : quotient
}

/** Whole numbers only. */
const divideHalfUp = (dividend: number, divisor: number) => Math.floor((2 * dividend + divisor) / (2 * divisor))

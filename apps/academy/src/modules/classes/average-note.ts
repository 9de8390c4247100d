/** Averages of notes, with two decimals, half to even. */

/** Of a class: the mean of the two highest of three notes; null until all three are graded. */
export function averageNote(notes: readonly (number | null)[]): number | null {
  if (notes.length !== 3) return null
  const graded = notes.filter((note) => note !== null)
  if (graded.length !== 3) return null
  return mean(graded.sort((a, b) => b - a).slice(0, 2))
}

/** Of a student: the mean of the averages of concluded disciplines, 0 when there are none. */
export const overallAverage = (averages: readonly number[]): number => (averages.length === 0 ? 0 : mean(averages))

/** Of notes that have at most two decimals. */
function mean(notes: readonly number[]): number {
  const hundredths = notes.reduce((sum, note) => sum + Math.round(note * 100), 0) // rounding removes the binary error only
  return divideHalfToEven(hundredths, notes.length) / 100
}

/** Whole numbers only. */
export function divideHalfToEven(dividend: number, divisor: number): number {
  const quotient = Math.floor(dividend / divisor)
  const twice = 2 * (dividend - quotient * divisor)
  return twice > divisor || (twice === divisor && quotient % 2 === 1) ? quotient + 1 : quotient
}

import { divideHalfToEven } from './average-note.ts'

/**
 * Present of recorded, in percent with two decimals, half to even; 0 without records. Students have records from the day on
 * that they enrolled, so nobody is absent before.
 */
export const frequency = (present: number, records: number): number =>
  records === 0 ? 0 : divideHalfToEven(present * 10_000, records) / 100

/** Of a class, on its sheet: the mean of its students' frequencies. */
export const meanFrequency = (frequencies: readonly number[]): number => {
  if (frequencies.length === 0) return 0
  const hundredths = frequencies.reduce((sum, each) => sum + Math.round(each * 100), 0)
  return divideHalfToEven(hundredths, frequencies.length) / 100
}

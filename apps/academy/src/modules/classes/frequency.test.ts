import { expect, test } from 'vitest'
import { frequency, meanFrequency } from './frequency.ts'

test.each([
  [0, 0, 0],
  [0, 5, 0],
  [3, 4, 75],
  [2, 3, 66.67],
  [1, 3, 33.33],
  [1, 32, 3.12], // 3.125: to the even one
  [3, 32, 9.38], // 9.375
  [16, 17, 94.12],
  [17, 17, 100],
])('%i of %i are %f %%', (present, records, expected) => {
  expect(frequency(present, records)).toBe(expected)
})

test('of a class, the mean of its students', () => {
  expect(meanFrequency([])).toBe(0)
  expect(meanFrequency([100, 0])).toBe(50)
  expect(meanFrequency([66.67, 33.33, 100])).toBe(66.67)
})

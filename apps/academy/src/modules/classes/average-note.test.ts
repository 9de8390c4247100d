import { expect, test } from 'vitest'
import { averageNote, overallAverage } from './average-note.ts'

test.each([
  [[1.23, 0, 0], 0.62],
  [[1, 2, 3], 2.5],
  [[1.23, 4.56, 7.89], 6.22],
  [[10, 10, 0], 10],
  [[0, 0, 0], 0],
  [[7, 7, 7], 7],
])('two highest of %j → %d', (notes, average) => {
  expect(averageNote(notes)).toBe(average)
})

test('not graded is not zero', () => {
  expect(averageNote([10, null, 10])).toBeNull()
  expect(averageNote([])).toBeNull()
})

test('of what is concluded, rounded the same way; 0 before anything is', () => {
  expect(overallAverage([])).toBe(0)
  expect(overallAverage([7, 8])).toBe(7.5)
  expect(overallAverage([6.22, 6.23])).toBe(6.22)
  expect(overallAverage([6.23, 6.24])).toBe(6.24)
  expect(overallAverage([10, 10, 9])).toBe(9.67)
})

import { expect, test } from 'vitest'
import { averageNote, mean, overallAverage } from './average-note.ts'

test.each([
  [[1.23, 0, 0], 0.62],
  [[1, 2, 3], 2.5],
  [[1.23, 4.56, 7.89], 6.22],
  [[10, 10, 0], 10],
  [[0, 0, 0], 0],
  [[7, 7, 7], 7],
])('two highest of %j → %d', (notes, average) => {
  expect(averageNote(notes, 'half-even')).toBe(average)
})

test('not graded is not zero', () => {
  expect(averageNote([10, null, 10], 'half-even')).toBeNull()
  expect(averageNote([], 'half-even')).toBeNull()
})

test('of what is concluded, rounded the same way; 0 before anything is', () => {
  expect(overallAverage([], 'half-even')).toBe(0)
  expect(overallAverage([7, 8], 'half-even')).toBe(7.5)
  expect(overallAverage([6.22, 6.23], 'half-even')).toBe(6.22)
  expect(overallAverage([6.23, 6.24], 'half-even')).toBe(6.24)
  expect(overallAverage([10, 10, 9], 'half-even')).toBe(9.67)
})

test.each([
  [[9, 9.25], 9.12, 9.13],
  [[6.99, 7], 7, 7],
  [[6.98, 6.99], 6.98, 6.99],
  [[10, 10, 9], 9.67, 9.67],
  [[0, 0.01], 0, 0.01],
])('the mean of %j is %d half to even, %d half up', (notes, even, up) => {
  expect([mean(notes, 'half-even'), mean(notes, 'half-up')]).toEqual([even, up])
})

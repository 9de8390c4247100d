import { expect, test } from 'vitest'
import { averageNote } from './average-note.ts'

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

import { expect, test } from 'vitest'
import { absencesLeft } from './absences.view.ts'

test('of twenty lessons with a limit of 75 %, five may be missed', () => {
  expect(absencesLeft({ present: 0, records: 0, pendingLessons: 20 }, 75)).toBe(5)
  expect(absencesLeft({ present: 8, records: 10, pendingLessons: 10 }, 75)).toBe(3)
  expect(absencesLeft({ present: 15, records: 20, pendingLessons: 0 }, 75)).toBe(0)
  expect(absencesLeft({ present: 3, records: 10, pendingLessons: 10 }, 75)).toBe(-2)
})

test('a part of a lesson is a lesson that must be attended', () => {
  expect(absencesLeft({ present: 0, records: 0, pendingLessons: 18 }, 75)).toBe(4)
  expect(absencesLeft({ present: 0, records: 0, pendingLessons: 30 }, 70)).toBe(9)
})

import { expect, test } from 'vitest'
import { isRefusal } from '../../platform/http/refusal.ts'
import { CourseCurriculum } from './course-curriculum.ts'

const institution = '019a0000-0000-7000-8000-000000000001'
const [a, b, c] = ['a', 'b', 'c'].map((end) => `019a0000-0000-7000-8000-00000000000${end}`) as [string, string, string]
const discipline = (id: string) => ({ id, period: 1, credits: 4, workloadHours: 72 })
const create = (...ids: string[]) =>
  CourseCurriculum.create(
    { name: 'Grade 1.0', courseId: a, disciplines: ids.map(discipline) },
    new Set([a, b]),
    institution,
  )

test('disciplines of the course, each once', () => {
  const curriculum = create(a, b)
  expect(isRefusal(curriculum)).toBe(false)
})

test('those of another course and those that are repeated are named', () => {
  const refusal = create(a, c, b, a)
  if (!isRefusal(refusal)) throw new Error('it was made')
  expect(refusal.code).toBe('invalid-disciplines-list')
  expect(refusal.errors.map(({ field, id, message }) => [field, id, message.en])).toEqual([
    ['disciplines.1', c, 'This subject is not part of the course.'],
    ['disciplines.3', a, 'This subject is listed twice.'],
  ])
})

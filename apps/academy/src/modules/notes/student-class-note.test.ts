import { expect, test } from 'vitest'
import { StudentClassNote } from './student-class-note.ts'

const classId = '019a0000-0000-7000-8000-000000000001'
const studentId = '019a0000-0000-7000-8000-000000000002'
const ungraded = (note: number | null = null) =>
  new StudentClassNote('019a0000-0000-7000-8000-000000000003', {
    class_id: classId,
    student_id: studentId,
    type: 'N2',
    note,
    version: 1,
  })

test.each([0, 0.01, 1.23, 5.1, 8.2, 9.99, 10])('%d is a grade, and told', (note) => {
  const entity = ungraded()
  expect(entity.grade(note)).toBeUndefined()
  expect(entity.row().values).toEqual({ note })
  expect(entity.emitted.map(({ name, json }) => [name, JSON.parse(json)])).toEqual([
    ['student-class-note.added', { classId, studentId, note: 'N2' }],
  ])
})

test.each([-0.01, 10.01, 1.234, Number.NaN, Number.POSITIVE_INFINITY])('%d is none', (note) => {
  const entity = ungraded(7)
  expect(entity.grade(note)).toMatchObject({ code: 'invalid-student-class-note', errors: [{ field: 'N2' }] })
  expect([entity.note, entity.emitted]).toEqual([7, []])
})

test('the same grade again is no news; one that is taken back neither', () => {
  const entity = ungraded(7)
  entity.grade(7)
  expect(entity.emitted).toEqual([])
  entity.grade(null)
  expect([entity.note, entity.emitted]).toEqual([null, []])
})

import { expect, test } from 'vitest'
import { isRefusal } from '../../platform/http/refusal.ts'
import { type LessonOutline, RollCall } from './roll-call.ts'

const teacher = { id: 'teacher' }
const lesson = (over: Partial<LessonOutline> = {}): LessonOutline => ({
  id: 'lesson',
  institutionId: 'institution',
  classId: 'class',
  teacherId: teacher.id,
  classStatus: 'started',
  number: 1,
  date: '2026-03-09',
  startAt: '19:00',
  endAt: '22:00',
  status: 'pending',
  version: 3,
  takenBy: null,
  takenAt: null,
  ...over,
})
const students = ['ana', 'bruno', 'cecília']
const clockOn = (today: string) => ({ today, timeZone: 'America/Sao_Paulo' })
const take = (present: string[], of: LessonOutline | undefined = lesson(), today = '2026-03-09', by = teacher) =>
  RollCall.take(present, of, students, clockOn(today), by)
const codeOf = (rollCall: ReturnType<typeof take>) => (isRefusal(rollCall) ? rollCall.code : 'taken')

test('those who are listed were there, all others were not', () => {
  const rollCall = take(['bruno'])
  if (isRefusal(rollCall)) throw new Error(rollCall.code)
  expect(rollCall.presences).toEqual([
    { studentId: 'ana', present: false },
    { studentId: 'bruno', present: true },
    { studentId: 'cecília', present: false },
  ])
})

test.each([
  ['2026-03-08', 'lesson-not-given'],
  ['2026-03-09', 'taken'],
  ['2026-09-09', 'taken'],
])('on %s the attendance of 2026-03-09 is %s', (today, expected) => {
  expect(codeOf(take([], lesson(), today))).toBe(expected)
})

test.each(['pre-enrollment', 'enrollment', 'finalized'] as const)('a class in %s has none', (classStatus) => {
  expect(codeOf(take([], lesson({ classStatus })))).toBe('class-not-started')
})

test('another teacher’s lesson, and none at all, are not there', () => {
  expect(codeOf(RollCall.take([], undefined, students, clockOn('2026-03-09'), teacher))).toBe('lesson-not-found')
  expect(codeOf(take([], lesson(), '2026-03-09', { id: 'another' }))).toBe('lesson-not-found')
})

test('who was not in the class, or is listed twice, is named', () => {
  const refusal = take(['davi', 'ana', 'ana'])
  if (!isRefusal(refusal)) throw new Error('it was taken')
  expect([refusal.code, ...refusal.errors.map(({ field, id }) => `${field} ${id}`)]).toEqual([
    'invalid-students-list',
    'presentStudents.0 davi',
    'presentStudents.2 ana',
  ])
})

test('whoever looked at another version is told who saved since, and when', () => {
  const saved = lesson({ takenBy: 'Livia Carvalhal', takenAt: new Date('2026-03-09T22:05:00Z') })
  const save = (read?: number) => RollCall.take(['ana'], saved, students, clockOn('2026-03-09'), teacher, read)
  const refusal = save(2)
  if (!isRefusal(refusal)) throw new Error('it was taken')
  expect(refusal).toMatchObject({ code: 'roll-call-changed', because: 'conflict' })
  expect(refusal.message.pt).toContain('Livia Carvalhal salvou esta chamada em 09/03/2026, às 19:05')
  expect(codeOf(save(3))).toBe('taken')
  expect(codeOf(save())).toBe('taken')
})

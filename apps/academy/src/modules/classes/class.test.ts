import { describe, expect, test } from 'vitest'
import { isRefusal } from '../../platform/http/refusal.ts'
import type { Schedule } from './class.fields.ts'
import { Class, type ClassColumns, type ClassParts, type NewClass } from './class.ts'

const institution = '019a0000-0000-7000-8000-000000000001'
const finalization = '019a0000-0000-7000-8000-000000000009'

const input = (over: Partial<NewClass> = {}): NewClass => ({
  disciplineId: '019a0000-0000-7000-8000-000000000002',
  teacherId: '019a0000-0000-7000-8000-000000000003',
  periodId: '2024.2',
  vacancies: 40,
  schedules: [{ day: 'monday', startAt: '19:00', endAt: '20:00' }],
  ...over,
})
const parts = (over: Partial<ClassParts> = {}): ClassParts => ({
  discipline: true,
  teacher: true,
  period: { startAt: '2024-08-05', endAt: '2024-08-23' },
  teacherSchedules: [],
  ...over,
})
const outcome = (klass: ReturnType<typeof Class.create>) => (isRefusal(klass) ? klass.code : 'created')

describe('creating', () => {
  test('it waits for its release, with all its lessons', () => {
    const klass = Class.create(input(), parts(), institution)
    if (isRefusal(klass)) throw new Error(klass.code)
    expect([klass.status, klass.lessons.length, klass.emitted]).toEqual(['pre-enrollment', 3, []])
  })

  test.each([
    [{ discipline: false, teacher: false }, 'discipline-not-found'],
    [{ teacher: false, period: undefined }, 'teacher-not-found'],
    [{ period: undefined }, 'academic-period-not-found'],
  ])('%j: %s', (over, expected) => {
    expect(outcome(Class.create(input(), parts(over), institution))).toBe(expected)
  })

  test('its own schedules do not clash', () => {
    const schedules: Schedule[] = [
      { day: 'monday', startAt: '19:00', endAt: '20:00' },
      { day: 'monday', startAt: '19:30', endAt: '21:00' },
    ]
    expect(outcome(Class.create(input({ schedules }), parts(), institution))).toBe('conflicting-schedules')
  })

  test('its teacher is in one place at a time, unless staff say otherwise', () => {
    const busy = parts({ teacherSchedules: [{ day: 'monday', startAt: '19:45', endAt: '21:00' }] })
    expect(outcome(Class.create(input(), busy, institution))).toBe('teacher-schedule-conflict')
    expect(outcome(Class.create(input(), busy, institution, { allowTeacherClash: true }))).toBe('created')
    const after = parts({ teacherSchedules: [{ day: 'monday', startAt: '20:00', endAt: '21:00' }] })
    expect(outcome(Class.create(input(), after, institution))).toBe('created')
  })
})

const inStatus = (status: ClassColumns['status']) =>
  new Class(institution, {
    id: '019a0000-0000-7000-8000-000000000004',
    discipline_id: input().disciplineId,
    teacher_id: input().teacherId,
    period_id: '2024.2',
    vacancies: 40,
    status,
    finalization_id: status === 'finalized' ? finalization : null,
    version: 1,
  })

describe('its life', () => {
  test.each([
    ['pre-enrollment', 'open', undefined, 'enrollment'],
    ['pre-enrollment', 'not-started', 'enrollment-period-not-started', 'pre-enrollment'],
    ['pre-enrollment', 'finalized', 'enrollment-period-finalized', 'pre-enrollment'],
    ['pre-enrollment', undefined, 'enrollment-period-not-found', 'pre-enrollment'],
    ['enrollment', 'open', 'all-classes-must-have-on-pre-enrollment-status', 'enrollment'],
    ['started', 'open', 'all-classes-must-have-on-pre-enrollment-status', 'started'],
    ['finalized', 'open', 'all-classes-must-have-on-pre-enrollment-status', 'finalized'],
  ] as const)('released in %s, enrollment %s: %s', (status, enrollment, refusal, then) => {
    const klass = inStatus(status)
    expect([klass.release(enrollment)?.code, klass.status]).toEqual([refusal, then])
  })

  test.each([
    ['enrollment', 'finalized', undefined, 'started'],
    ['enrollment', 'open', 'enrollment-period-must-be-finalized', 'enrollment'],
    ['enrollment', 'not-started', 'enrollment-period-must-be-finalized', 'enrollment'],
    ['enrollment', undefined, 'enrollment-period-not-found', 'enrollment'],
    ['pre-enrollment', 'finalized', 'class-must-have-on-enrollment-status', 'pre-enrollment'],
    ['started', 'finalized', 'class-must-have-on-enrollment-status', 'started'],
    ['finalized', 'finalized', 'class-must-have-on-enrollment-status', 'finalized'],
  ] as const)('started in %s, enrollment %s: %s', (status, enrollment, refusal, then) => {
    const klass = inStatus(status)
    expect([klass.start(enrollment)?.code, klass.status]).toEqual([refusal, then])
  })

  test.each([
    ['started', 0, 0, undefined, 'finalized'],
    ['started', 1, 0, 'all-class-lessons-must-have-finalized-status', 'started'],
    ['started', 0, 1, 'all-class-notes-must-be-given', 'started'],
    ['pre-enrollment', 0, 0, 'class-must-have-started-status', 'pre-enrollment'],
    ['enrollment', 0, 0, 'class-must-have-started-status', 'enrollment'],
    ['finalized', 0, 0, 'class-must-have-started-status', 'finalized'],
  ] as const)('finalized in %s with %i lessons and %i grades open: %s', (status, lessons, notes, refusal, then) => {
    const klass = inStatus(status)
    expect([klass.finalize({ lessons, notes }, finalization)?.code, klass.status]).toEqual([refusal, then])
  })
})

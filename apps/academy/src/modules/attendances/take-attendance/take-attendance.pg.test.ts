/** Lessons and grades of a started class: who may write them, when, and what students then see. */
import { uuidv7 } from 'cascata'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { refusedAs, refusedParts } from '../../../../test-support/refused.ts'
import {
  type Academy,
  SECOND_TEACHER,
  type SignedIn,
  startAcademy,
  TEACHER,
} from '../../../../test-support/start-academy.ts'
import { AFTER_ENROLLMENT, IN_ENROLLMENT, startTerm, type Term } from '../../../../test-support/start-term.ts'
import { withTenant } from '../../../platform/database/with-tenant.ts'
import { release, start } from '../../classes/change-class-status/change-class-status.contract.ts'
import { contract as readClass } from '../../classes/read-class/read-class.contract.ts'
import { choose } from '../../enrollments/choose-classes/choose-classes.contract.ts'
import { contract as insights } from '../../insights/read-insights/read-insights.contract.ts'
import { contract as grade } from '../../notes/grade-student/grade-student.contract.ts'
import { contract as ownNotes } from '../../notes/own-notes/own-notes.contract.ts'
import { contract as ownFrequency } from '../own-frequency/own-frequency.contract.ts'
import { read, take } from './take-attendance.contract.ts'

let academy: Academy
let term: Term
let teacher: SignedIn
let student: SignedIn
let classId: string
let lessons: string[]
let ids: string[]

beforeEach(async () => {
  academy = await startAcademy()
  term = await startTerm(academy)
  teacher = term.teacher
  classId = await term.createClass()
  await term.clock(IN_ENROLLMENT)
  await term.staff.call(release, { classes: [classId] })
  const three = term.students.slice(0, 3)
  ids = three.map(({ id }) => id)
  for (const person of three) await (await academy.signIn(person)).call(choose, { classes: [classId] })
  await term.clock(AFTER_ENROLLMENT)
  await term.staff.call(start, { classes: [classId] })
  student = await academy.signIn(three[0] as { email: string })
  lessons = (await teacher.call(readClass, { classId })).lessons.map(({ id }) => id)
})
afterEach(() => academy?.stop())

/** Enrolled from the day of the third lesson on. */
const joinsLate = (studentId: string) =>
  withTenant(academy.pools.web, { institutionId: academy.demo.institutionId }, (tx) =>
    tx.query(
      `update academy.class_students set enrolled_at = '2031-02-17T00:00-03:00' where class_id = $1 and student_id = $2`,
      [classId, studentId],
    ),
  )

const lesson = (number: number) => lessons[number - 1] ?? ''
const takeOf = (number: number, presentStudents: string[], by = teacher) =>
  refusedParts(by.call(take, { lessonId: lesson(number), presentStudents }))

test('on the day of the lesson, by the institution’s clock, and later', async () => {
  await term.clock('2031-02-02T23:59-03:00')
  expect(await takeOf(1, [])).toEqual(['409 lesson-not-given'])
  await term.clock('2031-02-03T00:00-03:00')
  expect((await teacher.call(read, { lessonId: lesson(1) })).students.map(({ present }) => present)).toEqual([
    null,
    null,
    null,
  ])
  const taken = await teacher.call(take, { lessonId: lesson(1), presentStudents: ids.slice(0, 2) })
  expect(taken.lesson).toMatchObject({ number: 1, date: '2031-02-03', status: 'finalized', frequency: 66.67 })
  expect(taken.students.map(({ present }) => present)).toEqual([true, true, false])
  await term.clock('2031-02-10T08:00-03:00')
  const corrected = await teacher.call(take, { lessonId: lesson(1), presentStudents: ids.slice(0, 1) })
  expect(corrected.lesson.frequency).toBe(33.33)
  expect(await takeOf(2, ids)).toEqual(['done'])
})

test('of several at once with one version one is saved, and the others are told by whom', async () => {
  await term.clock('2031-02-10T08:00-03:00')
  const { lesson: read1 } = await teacher.call(read, { lessonId: lesson(2) })
  const answers = await Promise.all(
    [ids, [], ids.slice(0, 1)].map((presentStudents) =>
      refusedAs(teacher.call(take, { lessonId: lesson(2), presentStudents, version: read1.version })),
    ),
  )
  expect(answers.sort()).toEqual(['409 roll-call-changed', '409 roll-call-changed', 'done'])
  const { lesson: now } = await teacher.call(read, { lessonId: lesson(2) })
  expect(now).toMatchObject({ version: read1.version + 1, taken: { by: TEACHER.name } })
  // A request without a version replaces whatever stands.
  expect(await takeOf(2, ids)).toEqual(['done'])
})

test('who was not in the class, and who is listed twice, is named; nothing is saved', async () => {
  await term.clock('2031-02-03T19:00-03:00')
  expect(await takeOf(1, ids.slice(0, 1))).toEqual(['done'])
  const stranger = term.students[5]?.id ?? ''
  expect(await takeOf(1, [stranger, ids[0] ?? '', ids[0] ?? ''])).toEqual([
    '422 invalid-students-list',
    'presentStudents.0 invalid-students-list',
    'presentStudents.2 invalid-students-list',
  ])
  expect((await teacher.call(read, { lessonId: lesson(1) })).lesson.frequency).toBe(33.33)
})

test('another teacher’s lesson is not there, nor one that does not exist', async () => {
  const other = await academy.signIn(SECOND_TEACHER)
  expect(await takeOf(1, [], other)).toEqual(['404 lesson-not-found'])
  expect(await refusedAs(other.call(read, { lessonId: lesson(1) }))).toBe('404 lesson-not-found')
  expect(await refusedAs(teacher.call(take, { lessonId: uuidv7(), presentStudents: [] }))).toBe('404 lesson-not-found')
  expect(await takeOf(1, [], student)).toEqual(['403 wrong-role'])
})

test('a student who joins late was not absent before', async () => {
  const late = ids[2] ?? ''
  await joinsLate(late)
  await term.clock('2031-02-17T20:00-03:00')
  expect((await teacher.call(read, { lessonId: lesson(2) })).students.map(({ id }) => id)).toEqual(ids.slice(0, 2))
  expect(await takeOf(2, [late])).toEqual(['422 invalid-students-list', 'presentStudents.0 invalid-students-list'])
  expect(await takeOf(3, [late])).toEqual(['done'])
})

test('what the student sees, and the teacher', async () => {
  await term.clock('2031-02-17T20:00-03:00')
  expect(await takeOf(1, ids.slice(0, 1))).toEqual(['done'])
  expect(await takeOf(2, ids)).toEqual(['done'])
  expect(await takeOf(3, ids.slice(1))).toEqual(['done'])
  const { frequencyLimit, present, records, frequency, classes } = await student.call(ownFrequency, {})
  expect({ frequencyLimit, present, records, frequency }).toEqual({
    frequencyLimit: 75,
    present: 2,
    records: 3,
    frequency: 66.67,
  })
  expect(classes.find(({ id }) => id === classId)).toMatchObject({
    present: 2,
    records: 3,
    lessons: 4,
    pendingLessons: 1,
    frequency: 66.67,
  })
  expect(await teacher.call(insights, {})).toEqual({
    role: 'teacher',
    classes: 3,
    students: 6,
    lessons: 4,
    finalizedLessons: 3,
  })
  expect(await student.call(insights, {})).toMatchObject({
    role: 'student',
    approvedDisciplines: 0,
    disciplines: 4,
    records: 3,
    frequency: 66.67,
    gradedDisciplines: 0,
  })
})

const giveTo = (
  studentId: string,
  notes: { type: 'N1' | 'N2' | 'N3'; note: number | null; version: number }[],
  by = teacher,
) => by.call(grade, { classId, studentId, notes })

test('grades: only those listed change, and only over what was read', async () => {
  const [first = ''] = ids
  const given = await giveTo(first, [{ type: 'N1', note: 1.23, version: 1 }])
  expect(given).toEqual({
    notes: [
      { type: 'N1', note: 1.23, version: 2 },
      { type: 'N2', note: null, version: 1 },
      { type: 'N3', note: null, version: 1 },
    ],
    averageNote: null,
  })
  const stale = giveTo(first, [
    { type: 'N2', note: 5, version: 1 },
    { type: 'N1', note: 9, version: 1 },
  ])
  expect(await refusedAs(stale)).toBe('409 changed-meanwhile')
  const all = await giveTo(first, [
    { type: 'N2', note: 4.56, version: 1 },
    { type: 'N3', note: 7.89, version: 1 },
  ])
  expect(all.averageNote).toBe(6.22)
  const mine = (await student.call(ownNotes, {})).classes.find(({ id }) => id === classId)
  expect(mine).toMatchObject({ curriculumPeriod: 1, status: 'enrolled', averageNote: 6.22 })
  const back = await giveTo(first, [{ type: 'N3', note: null, version: 2 }])
  expect(back.averageNote).toBeNull()
})

test('grades that are refused', async () => {
  const [first = ''] = ids
  const n = (type: 'N1' | 'N2', note: number) => ({ type, note, version: 1 })
  expect(await refusedParts(giveTo(first, [n('N1', 10.01), n('N2', -1)]))).toEqual([
    '422 invalid-input',
    'N1 invalid-student-class-note',
    'N2 invalid-student-class-note',
  ])
  expect(await refusedParts(giveTo(first, [n('N1', 1.234)]))).toEqual([
    '422 invalid-student-class-note',
    'N1 invalid-student-class-note',
  ])
  expect(await refusedParts(giveTo(first, [n('N1', 1), n('N1', 2)]))).toEqual([
    '422 invalid-notes-list',
    'notes invalid-notes-list',
  ])
  expect(await refusedAs(giveTo(term.students[5]?.id ?? '', [n('N1', 1)]))).toBe('404 student-class-note-not-found')
  expect(await refusedAs(giveTo(first, [n('N1', 1)], await academy.signIn(SECOND_TEACHER)))).toBe('404 class-not-found')
  expect(await refusedAs(teacher.call(grade, { classId: uuidv7(), studentId: first, notes: [n('N1', 1)] }))).toBe(
    '404 class-not-found',
  )
  expect(await refusedAs(giveTo(first, [n('N1', 1)], student))).toBe('403 wrong-role')
})

test('one grade given twice at once: one of the two', async () => {
  const [, second = ''] = ids
  const answers = await Promise.all([3, 4].map((note) => refusedAs(giveTo(second, [{ type: 'N1', note, version: 1 }]))))
  expect(answers.sort()).toEqual(['409 changed-meanwhile', 'done'])
})

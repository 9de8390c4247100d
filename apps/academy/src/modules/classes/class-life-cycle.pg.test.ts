/** Classes from their creation to their end: every guard of each step, all of a list or none of it. */
import { uuidv7 } from 'cascata'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { refusedAs, refusedParts } from '../../../test-support/refused.ts'
import {
  type Academy,
  PORTO,
  SECOND_TEACHER,
  type SignedIn,
  startAcademy,
  TEACHER,
} from '../../../test-support/start-academy.ts'
import {
  AFTER_ENROLLMENT,
  BEFORE_ENROLLMENT,
  IN_ENROLLMENT,
  PERIOD,
  startTerm,
  type Term,
} from '../../../test-support/start-term.ts'
import { take } from '../attendances/take-attendance/take-attendance.contract.ts'
import { choose } from '../enrollments/choose-classes/choose-classes.contract.ts'
import { contract as grade } from '../notes/grade-student/grade-student.contract.ts'
import { edit as editEnrollmentPeriod } from '../periods/manage-enrollment-periods/manage-enrollment-periods.contract.ts'
import * as status from './change-class-status/change-class-status.contract.ts'
import type { Schedule } from './class.fields.ts'
import { contract as createClass } from './create-class/create-class.contract.ts'
import { contract as listClasses } from './list-classes/list-classes.contract.ts'
import { contract as readClass } from './read-class/read-class.contract.ts'

let academy: Academy
let term: Term
let staff: SignedIn
beforeEach(async () => {
  academy = await startAcademy()
  term = await startTerm(academy)
  staff = term.staff
})
afterEach(() => academy?.stop())

const nobody = uuidv7()
const on = (day: Schedule['day'], startAt = '19:00', endAt = '22:00'): Schedule => ({ day, startAt, endAt })
const statusOf = async (classId: string) => (await staff.call(readClass, { classId })).status

describe('creating', () => {
  const asked = (over: object = {}) => ({
    disciplineId: term.disciplines[0]?.id ?? '',
    teacherId: term.teacherId,
    periodId: PERIOD,
    vacancies: 40,
    schedules: [on('saturday', '07:00', '08:30')],
    ...over,
  })

  test('its lessons are there at once', async () => {
    const created = await staff.call(
      createClass,
      asked({ schedules: [on('thursday', '22:00', '24:00'), on('saturday', '07:00', '08:30')] }),
    )
    expect(created).toMatchObject({ lessons: 8, workloadMinutes: 4 * 120 + 4 * 90 })
    const klass = await staff.call(readClass, { classId: created.id })
    expect(klass).toMatchObject({
      discipline: 'Bancos de Dados II',
      teacher: { name: TEACHER.name },
      status: 'pre-enrollment',
      schedules: [on('thursday', '22:00', '24:00'), on('saturday', '07:00', '08:30')],
      workloadMinutes: 840,
      frequency: 0,
      students: [],
    })
    expect(
      klass.lessons.slice(0, 2).map(({ number, date, startAt, endAt, status: s }) => [number, date, startAt, endAt, s]),
    ).toEqual([
      [1, '2031-02-06', '22:00', '24:00', 'pending'],
      [2, '2031-02-08', '07:00', '08:30', 'pending'],
    ])
  })

  test.each([
    [{ disciplineId: nobody }, '422 discipline-not-found', 'disciplineId discipline-not-found'],
    [{ teacherId: nobody }, '422 teacher-not-found', 'teacherId teacher-not-found'],
    [{ periodId: '2040.1' }, '422 academic-period-not-found', 'periodId academic-period-not-found'],
    [{ schedules: [on('someday' as 'monday')] }, '422 invalid-input', 'schedules.0.day invalid-day'],
    [{ schedules: [on('friday', '6:45', '08:00')] }, '422 invalid-input', 'schedules.0.startAt invalid-hour'],
    [{ schedules: [on('friday', '08:00', '24:10')] }, '422 invalid-input', 'schedules.0.endAt invalid-hour'],
    [
      { schedules: [on('friday', '23:00', '00:30')] },
      '422 schedule-over-midnight',
      'schedules.0 schedule-over-midnight',
    ],
    [{ schedules: [on('friday', '08:00', '08:00')] }, '422 invalid-schedule', 'schedules.0 invalid-schedule'],
    [{ schedules: [] }, '422 invalid-input', 'schedules too-small'],
    [{ vacancies: -1 }, '422 invalid-input', 'vacancies too-small'],
  ])('%j: %s', async (over, ...expected) => {
    expect(await refusedParts(staff.call(createClass, asked(over)))).toEqual(expected)
  })

  test('no clash within the class, nor with another of the teacher', async () => {
    await term.createClass({ schedules: [on('saturday', '07:00', '08:30')] })
    const own = asked({ schedules: [on('friday', '07:00', '09:00'), on('friday', '08:45', '10:00')] })
    expect(await refusedParts(staff.call(createClass, own))).toEqual([
      '422 conflicting-schedules',
      'schedules.0 conflicting-schedules',
      'schedules.1 conflicting-schedules',
    ])
    const other = asked({ schedules: [on('friday'), on('saturday', '08:00', '10:00')] })
    expect(await refusedParts(staff.call(createClass, other))).toEqual([
      '409 teacher-schedule-conflict',
      'schedules.1 teacher-schedule-conflict',
    ])
    expect(await refusedAs(staff.call(createClass, { ...other, allowTeacherConflict: true }))).toBe('done')
    expect(await refusedAs(staff.call(createClass, { ...other, teacherId: term.secondTeacherId }))).toBe('done')
  })

  test('two at once for one teacher and hour: one is made', async () => {
    const same = asked({ schedules: [on('tuesday', '07:00', '08:00')] })
    const answers = await Promise.all([1, 2, 3].map(() => refusedAs(staff.call(createClass, same))))
    expect(answers.sort()).toEqual(['409 teacher-schedule-conflict', '409 teacher-schedule-conflict', 'done'])
  })
})

test('staff list all classes, teachers their own', async () => {
  const second = await academy.signIn(SECOND_TEACHER)
  for (const [discipline, day] of [
    [0, 'monday'],
    [1, 'tuesday'],
    [3, 'thursday'],
  ] as const) {
    await term.createClass({ discipline, schedules: [on(day)] })
  }
  await term.createClass({ teacherId: term.secondTeacherId })
  expect((await second.call(listClasses, {})).classes.map(({ discipline }) => discipline)).toEqual([
    'Estruturas de Dados',
  ])
  expect((await second.call(listClasses, { status: 'pre-enrollment' })).classes).toMatchObject([
    { teacher: { name: SECOND_TEACHER.name } },
  ])
  const { classes, next } = await staff.call(listClasses, { periodId: PERIOD, limit: 2 })
  const rest = await staff.call(listClasses, { periodId: PERIOD, limit: 200, after: next ?? undefined })
  const all = await staff.call(listClasses, { periodId: PERIOD })
  expect([...classes, ...rest.classes].map(({ id }) => id)).toEqual(all.classes.map(({ id }) => id))
  const { id: ethics } = await staff.call(createClass, {
    disciplineId: term.disciplines[2]?.id ?? '',
    teacherId: term.secondTeacherId,
    periodId: PERIOD,
    vacancies: 1,
    schedules: [on('wednesday', '07:00', '08:00')],
  })
  const [before] = (await staff.call(listClasses, { search: 'Estruturas' })).classes // Ética comes after it, and before the rest
  expect((await staff.call(listClasses, { after: before?.id, limit: 1 })).classes[0]?.id).toBe(ethics)
  expect((await staff.call(listClasses, { status: 'started' })).classes).toHaveLength(3)
  const found = await staff.call(listClasses, { search: 'antun', status: 'started' })
  expect(found.classes.map(({ teacher }) => teacher.name)).toEqual([TEACHER.name, TEACHER.name])
  expect([found.total, found.byStatus.started, found.byStatus['pre-enrollment']]).toEqual([2, 2, all.total - 1])
  expect((await staff.call(listClasses, { search: 'BANCOS de' })).total).toBeGreaterThan(0)
  expect((await staff.call(listClasses, { search: '100%' })).total).toBe(0)
  const elsewhere = await academy.signIn(PORTO.staff)
  const [theirs] = classes
  expect(await refusedAs(elsewhere.call(readClass, { classId: theirs?.id ?? '' }))).toBe('404 class-not-found')
  expect((await elsewhere.call(listClasses, { periodId: PERIOD })).classes).toEqual([])
})

describe('the way of classes', () => {
  let first: string
  let second: string
  beforeEach(async () => {
    first = await term.createClass({ schedules: [on('monday')] })
    second = await term.createClass({ discipline: 1, schedules: [on('wednesday')] })
  })

  /** Both are on offer, and the first student has chosen the first. */
  async function choosing(): Promise<{ studentId: string }> {
    await term.clock(IN_ENROLLMENT)
    await staff.call(status.release, { classes: [first, second] })
    const [person] = term.students as [Term['students'][number]]
    await (await academy.signIn(person)).call(choose, { classes: [first] })
    return { studentId: person.id }
  }

  test('lists that are empty, unknown or repeated', async () => {
    for (const endpoint of [status.release, status.start, status.finalize]) {
      expect(await refusedParts(staff.call(endpoint, { classes: [] }))).toEqual([
        '422 invalid-input',
        'classes invalid-classes-list',
      ])
      expect(await refusedParts(staff.call(endpoint, { classes: [first, nobody, first] }))).toEqual([
        '422 invalid-classes-list',
        'classes.1 class-not-found',
        'classes.2 invalid-classes-list',
      ])
    }
    const elsewhere = await academy.signIn(PORTO.staff)
    expect(await refusedAs(elsewhere.call(status.release, { classes: [first] }))).toBe('422 invalid-classes-list')
  })

  test('released while the enrollment period is open, its two ends included', async () => {
    const release = (...classes: string[]) => refusedParts(staff.call(status.release, { classes }))
    await term.clock(BEFORE_ENROLLMENT)
    expect(await release(first)).toEqual([
      '409 enrollment-period-not-started',
      'classes.0 enrollment-period-not-started',
    ])
    await term.clock('2031-01-12T23:59-03:00')
    expect((await release(first))[0]).toBe('409 enrollment-period-not-started')
    await term.clock('2031-01-18T00:00-03:00')
    expect((await release(first))[0]).toBe('409 enrollment-period-finalized')
    await term.clock('2031-01-17T23:59-03:00')
    expect(await release(first)).toEqual(['done'])
    expect(await release(second, first)).toEqual([
      '409 all-classes-must-have-on-pre-enrollment-status',
      'classes.1 all-classes-must-have-on-pre-enrollment-status',
    ])
    expect(await statusOf(second)).toBe('pre-enrollment') // all or none
    await term.clock('2031-01-13T00:00-03:00')
    expect(await release(second)).toEqual(['done'])
  })

  test('a period without enrollment period', async () => {
    const withoutWindow = academy.classes.six // started; of the period of the demonstration, which has none
    expect(await refusedParts(staff.call(status.start, { classes: [withoutWindow] }))).toEqual([
      '409 class-must-have-on-enrollment-status',
      'classes.0 class-must-have-on-enrollment-status',
    ])
    const { id } = await staff.call(createClass, {
      disciplineId: term.disciplines[3]?.id ?? '',
      teacherId: term.secondTeacherId,
      periodId: academy.demo.period.id,
      vacancies: 1,
      schedules: [on('friday', '07:00', '08:00')],
    })
    expect(await refusedAs(staff.call(status.release, { classes: [id] }))).toBe('422 enrollment-period-not-found')
  })

  test('started when the enrollment period is over; notes are there and not given', async () => {
    await choosing()
    expect(await refusedParts(staff.call(status.start, { classes: [first, second] }))).toEqual([
      '409 enrollment-period-must-be-finalized',
      'classes.0 enrollment-period-must-be-finalized',
      'classes.1 enrollment-period-must-be-finalized',
    ])
    await term.clock('2031-01-18T00:00-03:00')
    expect(await statusOf(first)).toBe('awaiting-start')
    expect((await staff.call(listClasses, { status: 'awaiting-start' })).classes).toHaveLength(2)

    // A window that is prolonged opens the classes again.
    const window = { periodId: PERIOD, startAt: '2031-01-13' }
    await staff.call(editEnrollmentPeriod, { ...window, endAt: '2031-01-20' })
    expect(await statusOf(first)).toBe('enrollment')
    await staff.call(editEnrollmentPeriod, { ...window, endAt: '2031-01-17' })

    expect(await staff.call(status.start, { classes: [first, second] })).toEqual({ classes: 2 })
    const klass = await staff.call(readClass, { classId: first })
    expect(klass.status).toBe('started')
    expect(klass.students.map(({ notes }) => notes)).toEqual([
      [
        { type: 'N1', note: null, version: 1 },
        { type: 'N2', note: null, version: 1 },
        { type: 'N3', note: null, version: 1 },
      ],
    ])
    expect(await refusedAs(staff.call(status.start, { classes: [first] }))).toBe(
      '409 class-must-have-on-enrollment-status',
    )
    expect(await refusedAs(staff.call(status.release, { classes: [first] }))).toBe(
      '409 all-classes-must-have-on-pre-enrollment-status',
    )
  })

  test('finalized when all lessons were given and all grades; from then on nothing changes', async () => {
    const { studentId } = await choosing()
    await term.clock(AFTER_ENROLLMENT)
    await staff.call(status.start, { classes: [first, second] })
    await term.clock('2031-03-03T12:00-03:00')
    const finalize = (classes: string[], missingNotes?: 'zero') =>
      refusedParts(staff.call(status.finalize, { classes, ...(missingNotes ? { missingNotes } : {}) }))
    expect(await finalize([first, second])).toEqual([
      '409 all-class-lessons-must-have-finalized-status',
      'classes.0 all-class-lessons-must-have-finalized-status',
      'classes.1 all-class-lessons-must-have-finalized-status',
    ])
    const lessonsOf = async (classId: string) => (await staff.call(readClass, { classId })).lessons
    for (const lesson of await lessonsOf(first))
      await term.teacher.call(take, { lessonId: lesson.id, presentStudents: [studentId] })
    for (const lesson of await lessonsOf(second))
      await term.teacher.call(take, { lessonId: lesson.id, presentStudents: [] })
    expect(await finalize([first, second])).toEqual([
      '409 all-class-notes-must-be-given',
      'classes.0 all-class-notes-must-be-given',
    ])
    await term.teacher.call(grade, {
      classId: first,
      studentId,
      notes: [
        { type: 'N1', note: 6, version: 1 },
        { type: 'N2', note: 8, version: 1 },
      ],
    })
    expect((await finalize([first]))[0]).toBe('409 all-class-notes-must-be-given')
    expect(await finalize([first, second], 'zero')).toEqual(['done'])
    expect(await finalize([first], 'zero')).toEqual([
      '409 class-must-have-started-status',
      'classes.0 class-must-have-started-status',
    ])

    // Exactly at both limits.
    const klass = await staff.call(readClass, { classId: first })
    expect(klass).toMatchObject({
      status: 'finalized',
      students: [{ status: 'approved', averageNote: 7, frequency: 100 }],
    })
    const { rows } = await academy.pools.console.query(
      `select count(*)::int as events from cascata.events where type = 'classes.finalized'`,
    )
    expect(rows).toEqual([{ events: 1 }])

    const lesson = klass.lessons[0]?.id ?? ''
    expect(await refusedAs(term.teacher.call(take, { lessonId: lesson, presentStudents: [] }))).toBe(
      '409 class-not-started',
    )
    const change = { classId: first, studentId, notes: [{ type: 'N1' as const, note: 0, version: 2 }] }
    expect(await refusedAs(term.teacher.call(grade, change))).toBe('409 class-not-started')
  })

  test('the same class started twice at once starts once', async () => {
    await term.clock(IN_ENROLLMENT)
    const classes = [await term.createClass({ discipline: 2, schedules: [on('thursday', '07:00', '08:00')] })]
    await staff.call(status.release, { classes })
    await term.clock(AFTER_ENROLLMENT)
    const answers = await Promise.all([1, 2].map(() => refusedAs(staff.call(status.start, { classes }))))
    expect(answers.sort()).toEqual(['409 class-must-have-on-enrollment-status', 'done'])
  })
})

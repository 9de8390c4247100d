/**
 * A whole term, from an empty institution's first teacher to the results, with the clock in the test's hand: people are
 * created and invited, classes released, chosen, started, taught, graded and finalized, and everybody is told.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { refusedAs } from '../../../test-support/refused.ts'
import {
  type Academy,
  SERRA,
  type SignedIn,
  startAcademy,
  startWork,
  type Work,
} from '../../../test-support/start-academy.ts'
import { startTerm, type Term } from '../../../test-support/start-term.ts'
import { contract as createClassActivity } from '../activities/create-class-activity/create-class-activity.contract.ts'
import { contract as ownFrequency } from '../attendances/own-frequency/own-frequency.contract.ts'
import { take } from '../attendances/take-attendance/take-attendance.contract.ts'
import { contract as ownCurriculum } from '../curricula/own-curriculum/own-curriculum.contract.ts'
import { choose } from '../enrollments/choose-classes/choose-classes.contract.ts'
import { contract as readInsights } from '../insights/read-insights/read-insights.contract.ts'
import { contract as grade } from '../notes/grade-student/grade-student.contract.ts'
import { contract as ownNotes } from '../notes/own-notes/own-notes.contract.ts'
import { contract as listNotifications } from '../notifications/list-notifications/list-notifications.contract.ts'
import { correctStudentAddress as correctAddress } from '../people/correct-address/correct-address.contract.ts'
import { finalize, release, start } from './change-class-status/change-class-status.contract.ts'
import { contract as listClasses } from './list-classes/list-classes.contract.ts'
import { contract as readClass } from './read-class/read-class.contract.ts'

let academy: Academy
let work: Work
let term: Term
let students: SignedIn[]
beforeAll(async () => {
  academy = await startAcademy()
  work = await startWork(academy)
  term = await startTerm(academy)
  students = await Promise.all(term.students.map((person) => academy.signIn(person)))
}, 120_000)
afterAll(async () => {
  await work?.stop()
  await academy?.stop()
})

/** N1, N2, N3, and in how many of the four lessons each was there. */
const MARKS: [notes: [number, number, number], lessons: number, average: number, frequency: number, result: string][] =
  [
    [[1.23, 4.56, 7.89], 4, 6.22, 100, 'failed-by-note'],
    [[10, 10, 0], 4, 10, 100, 'approved'],
    [[7, 7, 0], 3, 7, 75, 'approved'], // exactly at both limits
    [[9, 9, 9], 2, 9, 50, 'failed-by-frequency'],
    [[1, 2, 3], 1, 2.5, 25, 'failed-by-frequency'], // both too low: attendance comes first
    [[6.99, 6.99, 0], 4, 6.99, 100, 'failed-by-note'],
  ]
const LESSON_DAYS = ['2031-02-03', '2031-02-10', '2031-02-17', '2031-02-24']

const one = async <R extends object>(sql: string, values: unknown[] = []) => {
  const { rows } = await work.harness.pool.query<R>(sql, values)
  return rows[0] as R
}

const newest = async (session: SignedIn) => (await session.call(listNotifications, { limit: 1 })).notifications[0]

test('a term, from the release of its classes to the results', async () => {
  const { staff, teacher } = term
  const databases = await term.createClass()
  const empty = await term.createClass({
    discipline: 1,
    schedules: [{ day: 'friday', startAt: '07:00', endAt: '08:00' }],
  })

  // Enrollment: open from the first minute of its first day to the last of its last.
  await term.clock('2031-01-13T00:00-03:00')
  await staff.call(release, { classes: [databases, empty] })
  await term.clock('2031-01-17T23:59-03:00')
  for (const student of students) await student.call(choose, { classes: [databases] })
  await term.clock('2031-01-18T00:00-03:00')
  expect(await refusedAs((students[0] as SignedIn).call(choose, { classes: [] }))).toBe(
    '404 enrollment-period-not-found',
  )
  await staff.call(start, { classes: [databases, empty] })
  expect(
    await one(
      `select count(*)::int as notes, count(note)::int as given from academy.class_student_notes where class_id = $1`,
      [databases],
    ),
  ).toEqual({ notes: 18, given: 0 })

  // Lessons, each on its day; those who come are the first of the list.
  const { lessons, workloadMinutes } = await teacher.call(readClass, { classId: databases })
  expect([lessons.map(({ date }) => date), workloadMinutes]).toEqual([LESSON_DAYS, 720])
  for (const [index, { id, date }] of lessons.entries()) {
    await term.clock(`${date}T19:00-03:00`)
    const there = term.students
      .filter((_, student) => (MARKS[student]?.[1] ?? 0) > index)
      .map(({ id: studentId }) => studentId)
    const taken = await teacher.call(take, { lessonId: id, presentStudents: there })
    expect(taken.lesson.frequency).toBe(Math.round((there.length / 6) * 10_000) / 100)
  }
  await term.clock('2031-02-28T12:00-03:00')
  for (const { id } of (await teacher.call(readClass, { classId: empty })).lessons) {
    await teacher.call(take, { lessonId: id, presentStudents: [] })
  }

  // Activities: the weights of one note end at 100, also for two at once.
  const activity = (weight: number) =>
    refusedAs(
      teacher.call(createClassActivity, {
        classId: databases,
        note: 'N1',
        title: 'Prova',
        description: 'd',
        type: 'exam',
        weight,
        dueDate: '2031-03-03',
        dueHour: '12:00',
      }),
    )
  expect((await Promise.all([activity(60), activity(60)])).sort()).toEqual([
    '422 invalid-class-activity-weight',
    'done',
  ])
  expect(await activity(41)).toBe('422 invalid-class-activity-weight')
  expect(await activity(40)).toBe('done')

  // Grades: an event for each, a notification for each.
  for (const [index, [[N1, N2, N3]]] of MARKS.entries()) {
    const given = await teacher.call(grade, {
      classId: databases,
      studentId: term.students[index]?.id ?? '',
      notes: [
        { type: 'N1', note: N1, version: 1 },
        { type: 'N2', note: N2, version: 1 },
        { type: 'N3', note: N3, version: 1 },
      ],
    })
    expect(given.averageNote).toBe(MARKS[index]?.[2])
  }
  await work.harness.runUntilIdle(60_000)
  expect(await one(`select count(*)::int as told from academy.notifications where category = 'note-added'`)).toEqual({
    told: 18,
  })

  const [listed] = (await staff.call(listClasses, { periodId: '2031.1' })).classes
  expect(listed).toMatchObject({ status: 'started', lessons: 4, finalizedLessons: 4, students: 6, frequency: 75 }) // 18 of 24

  expect(await staff.call(readInsights, {})).toMatchObject({
    classesByStatus: { started: 5 },
    studentsByCourse: [{ course: 'Sistemas', students: 6 }],
    underWay: { enrollments: 15, lessons: 8, finalizedLessons: 8, lessonsWithoutAttendance: 0, frequency: 75 },
  })

  // Both classes end in one act; an address that fails is told to staff, and healed.
  const refused = SERRA.students[4]?.email ?? ''
  await work.mailbox.behave({ rejectAddresses: [refused] })
  const { finalizationId, workflowId } = await staff.call(finalize, { classes: [databases, empty] })
  await work.harness.runUntilIdle(60_000)
  const klass = await staff.call(readClass, { classId: databases })
  expect(klass.students.map(({ averageNote, frequency, status }) => [averageNote, frequency, status])).toEqual(
    MARKS.map(([, , average, frequency, result]) => [average, frequency, result]),
  )
  expect(klass).toMatchObject({ status: 'finalized', frequency: 75 })
  expect(
    await one('select result_rule as rule from academy.class_students where class_id = $1 limit 1', [databases]),
  ).toEqual({
    rule: {
      version: 2,
      order: 'frequency-first',
      noteLimit: 7,
      frequencyLimit: 75,
      missingNotes: 'refuse',
      rounding: 'half-even',
    },
  })

  // One event, one batch whose origin it is, a member for each student, and the command that tells of the failure.
  const counts = () =>
    one(
      `select (select count(*)::int from cascata.events where root_id = $1) as events,
         (select json_agg(json_build_array(b.type, b.size, b.origin)) from cascata.batches b where b.root_id = $1) as batches,
         (select json_object_agg(type, n) from (select type, count(*)::int as n from cascata.commands
           where root_id = $1 group by type) c) as commands,
         (select count(*)::int from academy.notifications where subject_id = $2 and category = 'class-results') as notices,
         (select count(*) filter (where status = 'sent')::int from academy.email_messages where entity_id = $2) as sent`,
      [workflowId, finalizationId],
    )
  expect(await counts()).toEqual({
    events: 1,
    batches: [['class-result-notices', 6, 'event']],
    commands: { 'class-result-notice.send': 6, 'staff-results-sent.notify': 1, 'staff-results-failed.notify': 1 },
    notices: 6,
    sent: 5,
  })
  expect(await newest(staff)).toMatchObject({
    category: 'class-results-incomplete',
    description: '5 of 6 e-mails were sent. The list of students shows who has e-mail problems.',
  })
  const change = {
    studentId: term.students[4]?.id ?? '',
    email: 'elisa.nova@alunos.example',
    reason: 'New address.',
  }
  expect((await staff.call(correctAddress, change)).sentAgain).toBe(1)
  await work.harness.runUntilIdle(60_000)
  expect(await counts()).toMatchObject({ notices: 6, sent: 6 }) // in the app nobody was told twice
  expect(await newest(staff)).toMatchObject({
    category: 'class-results-sent',
    title: '2 classes finalized',
    description: 'The results of all 6 students were sent.',
  })

  // What a student sees of it.
  const [failed, passed] = students as [SignedIn, SignedIn]
  expect(await newest(passed)).toMatchObject({ category: 'class-results', description: 'Bancos de Dados II: passed' })
  expect((await work.mailbox.newestTo(SERRA.students[1]?.email ?? '')).text).toContain(
    'aprovado (média 10,00, frequência 100,0%)',
  )
  expect(await passed.call(ownNotes, {})).toMatchObject({ noteLimit: 7, overallAverage: 10 })
  expect(await failed.call(ownNotes, {})).toMatchObject({ overallAverage: 6.22 })
  const absent = students[3] as SignedIn
  expect(await absent.call(ownFrequency, {})).toMatchObject({
    frequencyLimit: 75,
    present: 2,
    records: 4,
    frequency: 50,
  })
  const stands = (await passed.call(ownCurriculum, {})).disciplines.map(({ name, status }) => [name, status])
  expect(stands).toContainEqual(['Bancos de Dados II', 'approved'])
  expect(stands).toContainEqual(['Redes', 'pending'])
}, 240_000)

test('classes without students: the batch is empty, and staff hear that there was nobody', async () => {
  await term.clock('2031-01-14T12:00-03:00')
  const classes = [
    await term.createClass({ discipline: 2, schedules: [{ day: 'saturday', startAt: '07:00', endAt: '08:00' }] }),
  ]
  await term.staff.call(release, { classes })
  await term.clock('2031-03-03T12:00-03:00')
  await term.staff.call(start, { classes })
  for (const { id } of (await term.teacher.call(readClass, { classId: classes[0] ?? '' })).lessons) {
    await term.teacher.call(take, { lessonId: id, presentStudents: [] })
  }
  const { workflowId } = await term.staff.call(finalize, { classes })
  await work.harness.runUntilIdle(60_000)
  expect(await one('select size from cascata.batches where root_id = $1', [workflowId])).toEqual({ size: 0 })
  expect(await newest(term.staff)).toMatchObject({
    category: 'class-results-sent',
    title: 'Class finalized',
    description: 'Nobody was enrolled, so there was nobody to tell.',
  })
}, 120_000)

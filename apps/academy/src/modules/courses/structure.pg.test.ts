/** What staff set up by hand before a term: each list, each edit, and each thing that is refused. */
import { uuidv7 } from 'cascata'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { refusedAs, refusedParts } from '../../../test-support/refused.ts'
import {
  type Academy,
  PORTO,
  SERRA,
  type SignedIn,
  startAcademy,
  TEACHER,
} from '../../../test-support/start-academy.ts'
import { startTerm, type Term } from '../../../test-support/start-term.ts'
import * as campi from '../campi/manage-campi/manage-campi.contract.ts'
import * as curricula from '../curricula/manage-curricula/manage-curricula.contract.ts'
import * as disciplines from '../disciplines/manage-disciplines/manage-disciplines.contract.ts'
import { contract as insights } from '../insights/read-insights/read-insights.contract.ts'
import * as rules from '../institutions/configure-institution/configure-institution.contract.ts'
import * as offerings from '../offerings/manage-offerings/manage-offerings.contract.ts'
import * as academicPeriods from '../periods/manage-academic-periods/manage-academic-periods.contract.ts'
import * as enrollmentPeriods from '../periods/manage-enrollment-periods/manage-enrollment-periods.contract.ts'
import * as courses from './manage-courses/manage-courses.contract.ts'

let academy: Academy
let term: Term
let staff: SignedIn
let elsewhere: SignedIn
beforeEach(async () => {
  academy = await startAcademy()
  term = await startTerm(academy)
  staff = term.staff
  elsewhere = await academy.signIn(PORTO.staff)
})
afterEach(() => academy?.stop())

const nobody = uuidv7()
describe('campi', () => {
  test('by name, edited, and of the own institution only', async () => {
    const { id } = await staff.call(campi.create, { name: 'Sertão', city: 'Petrolina - PE' })
    expect(await staff.call(campi.edit, { campusId: id, name: 'Vale', city: 'Juazeiro - BA' })).toEqual({
      id,
      name: 'Vale',
      city: 'Juazeiro - BA',
      version: 2,
    })
    expect((await staff.call(campi.list, {})).campi.map(({ name }) => name)).toEqual(['Agreste', 'Vale'])
    expect((await elsewhere.call(campi.list, {})).campi).toEqual([])
    expect(await refusedAs(elsewhere.call(campi.edit, { campusId: id, name: 'Ours', city: 'x' }))).toBe(
      '404 campus-not-found',
    )
  })

  test('a name is given once in an institution', async () => {
    expect(await refusedParts(staff.call(campi.create, { name: 'Agreste', city: 'x' }))).toEqual([
      '409 campus-already-exists',
      'name campus-already-exists',
    ])
    const { id } = await staff.call(campi.create, { name: 'Suassuna', city: 'Recife - PE' })
    expect(await refusedAs(staff.call(campi.edit, { campusId: id, name: 'Agreste', city: 'x' }))).toBe(
      '409 campus-already-exists',
    )
    const theirs = await academy.signIn(PORTO.staff)
    expect(await refusedAs(theirs.call(campi.create, { name: 'Agreste', city: 'Caruaru - PE' }))).toBe('done')
  })

  test('teachers may not', async () => {
    const teacher = await academy.signIn(TEACHER)
    expect(await refusedAs(teacher.call(campi.create, { name: 'Mine', city: 'x' }))).toBe('403 wrong-role')
  })
})

describe('courses and disciplines', () => {
  test('a course comes with its disciplines', async () => {
    const course = (await staff.call(courses.list, {})).courses.find(({ name }) => name === 'Sistemas')
    expect(course).toMatchObject({
      type: 'bachelor',
      disciplines: 4,
      curricula: [{ id: term.curriculumId, name: 'Grade 1.0' }],
    })
    const { disciplines: listed } = await staff.call(disciplines.list, { courseId: term.courseId })
    expect(listed.map(({ name, code }) => [name, /^[0-9A-F]{8}$/.test(code)])).toEqual([
      ['Bancos de Dados II', true],
      ['Compiladores', true],
      ['Redes', true],
      ['Ética', true],
    ])
    expect((await staff.call(disciplines.list, { courseId: nobody })).disciplines).toEqual([])
  })

  test('a course is edited; its name is given once', async () => {
    const { id } = await staff.call(courses.create, { name: 'Direito', type: 'bachelor' })
    expect(await staff.call(courses.edit, { courseId: id, name: 'Direito', type: 'licentiate' })).toMatchObject({
      type: 'licentiate',
    })
    expect(await refusedAs(staff.call(courses.edit, { courseId: id, name: 'Sistemas', type: 'bachelor' }))).toBe(
      '409 course-already-exists',
    )
    expect(await refusedAs(staff.call(courses.create, { name: 'Direito', type: 'bachelor' }))).toBe(
      '409 course-already-exists',
    )
    expect(await refusedAs(staff.call(courses.edit, { courseId: nobody, name: 'x', type: 'master' }))).toBe(
      '404 course-not-found',
    )
    const odd = { name: 'x', type: 'diploma' as 'master' }
    expect(await refusedParts(staff.call(courses.create, odd))).toEqual([
      '422 invalid-input',
      'type invalid-course-type',
    ])
    const twice = { name: 'x', type: 'master' as const, disciplines: ['A', 'B', 'A'] }
    expect(await refusedParts(staff.call(courses.create, twice))).toEqual([
      '422 invalid-disciplines-list',
      'disciplines.2 invalid-disciplines-list',
    ])
  })

  test('a discipline belongs to several courses, and joins more', async () => {
    const { id: other } = await staff.call(courses.create, { name: 'Redes de Computadores', type: 'technologist' })
    const made = await staff.call(disciplines.create, { name: 'Lógica', courses: [term.courseId] })
    const edited = await staff.call(disciplines.edit, { disciplineId: made.id, name: 'Lógica I', courses: [other] })
    expect(edited).toMatchObject({ name: 'Lógica I', code: made.code })
    expect(edited.courses.map(({ name }) => name)).toEqual(['Redes de Computadores', 'Sistemas'])
    expect(await refusedParts(staff.call(disciplines.create, { name: 'x', courses: [term.courseId, nobody] }))).toEqual(
      ['422 course-not-found', 'courses.1 course-not-found'],
    )
    expect(await refusedParts(staff.call(disciplines.create, { name: 'x', courses: [other, other] }))).toEqual([
      '422 invalid-courses-list',
      'courses.1 invalid-courses-list',
    ])
    expect(await refusedAs(elsewhere.call(disciplines.edit, { disciplineId: made.id, name: 'x' }))).toBe(
      '404 discipline-not-found',
    )
  })

  test('the ids that are wrong come back', async () => {
    const answer = await staff.fetch('/disciplines', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'accept-language': 'pt-BR' },
      body: JSON.stringify({ name: 'x', courses: [nobody] }),
    })
    expect(await answer.json()).toMatchObject({
      detail: 'Este curso não existe.',
      errors: [{ field: 'courses.0', code: 'course-not-found', message: 'Este curso não existe.', id: nobody }],
    })
  })
})

describe('curricula', () => {
  const line = (id: string) => ({ id, period: 1, credits: 4, workloadHours: 72 })

  test('its sums, and what it consists of', async () => {
    const [listed] = (await staff.call(curricula.list, { courseId: term.courseId })).curricula
    expect(listed).toMatchObject({ name: 'Grade 1.0', periods: 2, disciplines: 4, credits: 16, workloadHours: 288 })
    const { content } = await staff.call(curricula.read, { curriculumId: term.curriculumId })
    expect(content.map(({ name, period }) => [name, period])).toEqual([
      ['Bancos de Dados II', 1],
      ['Redes', 1],
      ['Compiladores', 2],
      ['Ética', 2],
    ])
  })

  test('only disciplines of the course, each once, at least one', async () => {
    const foreign = await staff.call(disciplines.create, { name: 'Anatomia' })
    const own = term.disciplines[0] as { id: string }
    const create = (courseId: string, ...ids: string[]) =>
      refusedParts(staff.call(curricula.create, { name: 'Grade 2.0', courseId, disciplines: ids.map(line) }))
    expect(await create(term.courseId, own.id, foreign.id, own.id)).toEqual([
      '422 invalid-disciplines-list',
      'disciplines.1 invalid-disciplines-list',
      'disciplines.2 invalid-disciplines-list',
    ])
    expect(await create(term.courseId)).toEqual(['422 invalid-input', 'disciplines invalid-disciplines-list'])
    expect(await create(nobody, own.id)).toEqual(['422 course-not-found', 'courseId course-not-found'])
    expect(await create(term.courseId, own.id)).toEqual(['done'])
    expect(await create(term.courseId, own.id)).toEqual([
      '409 course-curriculum-already-exists',
      'name course-curriculum-already-exists',
    ])
    expect(await refusedAs(elsewhere.call(curricula.read, { curriculumId: term.curriculumId }))).toBe(
      '404 course-curriculum-not-found',
    )
  })

  test('changed while nobody follows it, then only renamed', async () => {
    const [first, second] = term.disciplines.map(({ id }) => id) as [string, string]
    const { courseId, curriculumId: followed } = term
    const { id } = await staff.call(curricula.create, { name: 'Grade 3.0', courseId, disciplines: [line(first)] })
    await staff.call(curricula.edit, {
      curriculumId: id,
      name: 'Grade 3.1',
      disciplines: [{ ...line(second), period: 2 }],
    })
    expect(await staff.call(curricula.read, { curriculumId: id })).toMatchObject({
      name: 'Grade 3.1',
      students: 0,
      content: [{ id: second, period: 2 }],
    })
    const change = (curriculumId: string, over: object = {}) =>
      refusedAs(staff.call(curricula.edit, { curriculumId, name: 'Grade 1.0', ...over }))
    expect(await change(id)).toBe('409 course-curriculum-already-exists')
    expect(await change(id, { name: 'x', disciplines: [line(first), line(first)] })).toBe(
      '422 invalid-disciplines-list',
    )
    expect(await change(followed, { disciplines: [line(first)] })).toBe('409 course-curriculum-has-students')
    expect(await change(followed)).toBe('done')
    expect((await staff.call(curricula.read, { curriculumId: followed })).content).toHaveLength(4)
    expect(await change(nobody)).toBe('404 course-curriculum-not-found')
    expect(await refusedAs(elsewhere.call(curricula.edit, { curriculumId: id, name: 'Ours' }))).toBe(
      '404 course-curriculum-not-found',
    )
  })
})

describe('offerings', () => {
  const asked = (over: object = {}) => ({
    campusId: term.campusId,
    courseId: term.courseId,
    curriculumId: term.curriculumId,
    periodId: '2031.1',
    shift: 'morning' as const,
    ...over,
  })

  test('listed with their names', async () => {
    expect((await staff.call(offerings.list, {})).offerings).toMatchObject([
      {
        campus: { name: 'Agreste' },
        course: { name: 'Sistemas' },
        curriculum: { name: 'Grade 1.0' },
        periodId: '2031.1',
        shift: 'night',
        students: 6,
      },
    ])
  })

  test.each([
    [{ campusId: nobody, courseId: nobody }, 422, 'campus-not-found'],
    [{ courseId: nobody }, 422, 'course-not-found'],
    [{ curriculumId: nobody }, 422, 'course-curriculum-not-found'],
    [{ periodId: '2032.1' }, 422, 'academic-period-not-found'],
    [{ shift: 'dawn' }, 422, 'invalid-input'],
    [{ shift: 'night' }, 409, 'course-offering-already-exists'],
  ])('%j: %i %s', async (over, status, code) => {
    expect(await refusedAs(staff.call(offerings.create, asked(over)))).toBe(`${status} ${code}`)
  })

  test('changed as long as nobody has entered by it', async () => {
    const { id: offeringId } = await staff.call(offerings.create, asked())
    const edit = (id: string, over: object = {}) =>
      refusedAs(staff.call(offerings.edit, { offeringId: id, ...asked(over) }))
    expect(await edit(offeringId, { shift: 'afternoon' })).toBe('done')
    const listed = (await staff.call(offerings.list, {})).offerings
    expect(listed.find(({ id }) => id === offeringId)?.shift).toBe('afternoon')
    expect(await edit(offeringId, { shift: 'night' })).toBe('409 course-offering-already-exists')
    expect(await edit(offeringId, { campusId: nobody })).toBe('422 campus-not-found')
    const entered = listed.find(({ students }) => students > 0)?.id ?? ''
    expect(await edit(entered)).toBe('409 course-offering-has-students')
    expect(await edit(nobody)).toBe('404 course-offering-not-found')
  })

  test('the shift has a code of its own', async () => {
    expect(await refusedParts(staff.call(offerings.create, asked({ shift: 'dawn' })))).toEqual([
      '422 invalid-input',
      'shift invalid-shift',
    ])
  })
})

describe('periods', () => {
  test('an academic period is made once, and moved while it has no classes', async () => {
    const dates = { startAt: '2031-07-07', endAt: '2031-12-05' }
    expect(await staff.call(academicPeriods.create, { id: '20312', ...dates })).toEqual({
      id: '2031.2',
      ...dates,
      version: 1,
    })
    expect(await refusedAs(staff.call(academicPeriods.create, { id: '2031.2', ...dates }))).toBe(
      '409 academic-period-already-exists',
    )
    const moved = { startAt: '2031-07-14', endAt: '2031-12-12' }
    expect(await staff.call(academicPeriods.edit, { periodId: '2031.2', ...moved })).toEqual({
      id: '2031.2',
      ...moved,
      version: 2,
    })
    await term.createClass()
    expect(
      await refusedParts(
        staff.call(academicPeriods.edit, { periodId: '2031.1', startAt: '2031-02-01', endAt: '2031-03-03' }),
      ),
    ).toEqual(['409 academic-period-has-classes'])
    expect(await refusedAs(staff.call(academicPeriods.edit, { periodId: '2040.1', ...moved }))).toBe(
      '404 academic-period-not-found',
    )
    const listed = (await staff.call(academicPeriods.list, {})).academicPeriods
    expect(listed.slice(0, 2).map(({ id, classes }) => [id, classes])).toEqual([
      ['2031.2', 0],
      ['2031.1', 1],
    ])
  })

  test.each([
    [{ id: '2023.9' }, 'invalid-academic-period'],
    [{ startAt: '2032-07-01' }, 'invalid-academic-period-start-date'],
    [{ endAt: '2034-07-01' }, 'invalid-academic-period-end-date'],
    [{ endAt: '2033-07-01' }, 'invalid-academic-period-dates'],
  ])('%j: %s', async (over, code) => {
    const asked = { id: '2033.2', startAt: '2033-07-01', endAt: '2033-12-01', ...over }
    expect(await refusedAs(staff.call(academicPeriods.create, asked))).toBe(`422 ${code}`)
  })

  test('an enrollment period: one for an academic period, open on both of its days', async () => {
    await staff.call(academicPeriods.create, { id: '2031.2', startAt: '2031-07-07', endAt: '2031-12-05' })
    const dates = { startAt: '2031-06-30', endAt: '2031-07-04' }
    expect(await refusedAs(staff.call(enrollmentPeriods.create, { id: '2040.1', ...dates }))).toBe(
      '422 academic-period-not-found',
    )
    const turned = { id: '2031.2', startAt: '2031-07-04', endAt: '2031-07-03' }
    expect(await refusedAs(staff.call(enrollmentPeriods.create, turned))).toBe('422 invalid-enrollment-period-dates')
    expect(await staff.call(enrollmentPeriods.create, { id: '2031.2', ...dates })).toMatchObject({
      status: 'not-started',
    })
    expect(await refusedAs(staff.call(enrollmentPeriods.create, { id: '2031.2', ...dates }))).toBe(
      '409 enrollment-period-already-exists',
    )
    const statuses: string[] = []
    for (const now of [
      '2031-01-12T23:59-03:00',
      '2031-01-13T00:00-03:00',
      '2031-01-17T23:59-03:00',
      '2031-01-18T00:00-03:00',
    ]) {
      await term.clock(now)
      const { enrollmentPeriods: listed } = await staff.call(enrollmentPeriods.list, {})
      statuses.push(listed.find(({ id }) => id === '2031.1')?.status ?? '')
    }
    expect(statuses).toEqual(['not-started', 'open', 'open', 'finalized'])
    const longer = { periodId: '2031.1', startAt: '2031-01-13', endAt: '2031-01-24' }
    expect(await staff.call(enrollmentPeriods.edit, longer)).toMatchObject({ endAt: '2031-01-24', status: 'open' })
    expect(await refusedAs(staff.call(enrollmentPeriods.edit, { ...longer, endAt: '2031-01-01' }))).toBe(
      '422 invalid-enrollment-period-dates',
    )
    expect(await refusedAs(staff.call(enrollmentPeriods.edit, { ...longer, periodId: '2040.1' }))).toBe(
      '404 academic-period-not-found',
    )
    await staff.call(academicPeriods.create, { id: '2032.1', startAt: '2032-02-01', endAt: '2032-06-01' })
    expect(await refusedAs(staff.call(enrollmentPeriods.edit, { ...longer, periodId: '2032.1' }))).toBe(
      '404 enrollment-period-not-found',
    )
  })
})

test('by what results are decided', async () => {
  const before = await staff.call(rules.read, {})
  expect(before).toMatchObject({
    noteLimit: 7,
    frequencyLimit: 75,
    resultOrder: 'frequency-first',
    rounding: 'half-even',
  })
  const strict = { noteLimit: 7.5, frequencyLimit: 80, resultOrder: 'note-first' } as const
  expect(await staff.call(rules.change, strict)).toMatchObject(strict)
  expect(await elsewhere.call(rules.read, {})).toMatchObject({ noteLimit: 7 })
  expect(await refusedParts(staff.call(rules.change, { ...strict, noteLimit: 10.5, frequencyLimit: 101 }))).toEqual([
    '422 invalid-input',
    'noteLimit too-large',
    'frequencyLimit too-large',
  ])
})

test('the figures of the home page', async () => {
  expect(await elsewhere.call(insights, {})).toMatchObject({
    role: 'staff',
    campi: 0,
    courses: 0,
    teachers: 2,
    students: PORTO.students.length,
  })
  await term.createClass()
  expect(await staff.call(insights, {})).toMatchObject({
    offerings: 1,
    teachers: SERRA.teachers.length,
    classesByStatus: { 'pre-enrollment': 1, enrollment: 0, 'awaiting-start': 0, started: 3, finalized: 0 },
    studentsByCourse: [{ course: 'Sistemas', students: SERRA.students.length }],
    underWay: {
      seats: 120,
      enrollments: 9,
      lessons: 0,
      finalizedLessons: 0,
      lessonsWithoutAttendance: 0,
      frequency: 0,
    },
  })
})

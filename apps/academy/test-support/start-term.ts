/**
 * An institution in January 2031, made by its staff through the API: a campus, a course with four disciplines, their
 * curriculum, an offering, a period of four weeks from Monday 2031-02-03 on, and its enrollment period, 13 to 17 January.
 */
import { personId } from '../src/demo/people.ts'
import { create as createCampus } from '../src/modules/campi/manage-campi/manage-campi.contract.ts'
import type { Schedule } from '../src/modules/classes/class.fields.ts'
import { contract as createClass } from '../src/modules/classes/create-class/create-class.contract.ts'
import { create as createCourse } from '../src/modules/courses/manage-courses/manage-courses.contract.ts'
import { create as createCurriculum } from '../src/modules/curricula/manage-curricula/manage-curricula.contract.ts'
import { create as createOffering } from '../src/modules/offerings/manage-offerings/manage-offerings.contract.ts'
import { create as createAcademicPeriod } from '../src/modules/periods/manage-academic-periods/manage-academic-periods.contract.ts'
import { create as createEnrollmentPeriod } from '../src/modules/periods/manage-enrollment-periods/manage-enrollment-periods.contract.ts'
import { withTenant } from '../src/platform/database/with-tenant.ts'
import { setClock } from './set-clock.ts'
import { type Academy, SECOND_TEACHER, SERRA, type SignedIn, TEACHER } from './start-academy.ts'

export const PERIOD = '2031.1'
export const BEFORE_ENROLLMENT = '2031-01-06T12:00-03:00'
export const IN_ENROLLMENT = '2031-01-14T12:00-03:00'
export const AFTER_ENROLLMENT = '2031-01-20T12:00-03:00'

export type Term = {
  staff: SignedIn
  teacher: SignedIn
  teacherId: string
  secondTeacherId: string
  students: { id: string; email: string }[]
  disciplines: { id: string; name: string }[]
  courseId: string
  curriculumId: string
  offeringId: string
  campusId: string
  clock: (now: string) => Promise<void>
  /** A class of one of the four disciplines; Mondays 19:00 to 22:00 unless told otherwise. */
  createClass: (over?: {
    discipline?: number
    vacancies?: number
    teacherId?: string
    schedules?: Schedule[]
  }) => Promise<string>
}

export async function startTerm(academy: Academy): Promise<Term> {
  const clock = (now: string) => setClock(academy, now)
  await clock(BEFORE_ENROLLMENT)
  const staff = await academy.signIn(SERRA.staff)
  const campus = await staff.call(createCampus, { name: 'Agreste', city: 'Caruaru - PE' })
  const course = await staff.call(createCourse, {
    name: 'Sistemas',
    type: 'bachelor',
    disciplines: ['Bancos de Dados II', 'Redes', 'Ética', 'Compiladores'],
  })
  const curriculum = await staff.call(createCurriculum, {
    name: 'Grade 1.0',
    courseId: course.id,
    disciplines: course.disciplines.map(({ id }, index) => ({
      id,
      period: index < 2 ? 1 : 2,
      credits: 4,
      workloadHours: 72,
    })),
  })
  await staff.call(createAcademicPeriod, { id: '2031/1', startAt: '2031-02-03', endAt: '2031-03-03' })
  await staff.call(createEnrollmentPeriod, { id: PERIOD, startAt: '2031-01-13', endAt: '2031-01-17' })
  const offering = await staff.call(createOffering, {
    campusId: campus.id,
    courseId: course.id,
    curriculumId: curriculum.id,
    periodId: PERIOD,
    shift: 'night',
  })
  const students = SERRA.students.map(({ email }) => ({ id: personId(email), email }))
  // The students of the demonstration entered without an offering.
  await withTenant(academy.pools.web, { institutionId: academy.demo.institutionId }, (tx) =>
    tx.query('update academy.students set course_offering_id = $1', [offering.id]),
  )
  const teacherId = personId(TEACHER.email)
  return {
    staff,
    teacher: await academy.signIn(TEACHER),
    teacherId,
    secondTeacherId: personId(SECOND_TEACHER.email),
    students,
    disciplines: course.disciplines,
    courseId: course.id,
    curriculumId: curriculum.id,
    offeringId: offering.id,
    campusId: campus.id,
    clock,
    createClass: async ({ discipline = 0, ...over } = {}) => {
      const { id } = await staff.call(createClass, {
        disciplineId: course.disciplines[discipline]?.id ?? '',
        teacherId,
        periodId: PERIOD,
        vacancies: 40,
        schedules: [{ day: 'monday', startAt: '19:00', endAt: '22:00' }],
        ...over,
      })
      return id
    },
  }
}

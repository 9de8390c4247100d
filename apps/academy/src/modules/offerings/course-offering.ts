/**
 * What a student enters: a course with one of its curricula, at a campus, from an academic period on, in a shift. Once somebody
 * has entered it stays as it is.
 */
import { Entity, uuidv7 } from 'cascata'
import { notFound, type Refusal, refuse } from '../../platform/http/refusal.ts'
import type { Shift } from './course-offering.fields.ts'

export type NewCourseOffering = {
  campusId: string
  courseId: string
  curriculumId: string
  periodId: string
  shift: Shift
}

/** What of it the institution has. */
export type OfferingParts = {
  campus: boolean
  course: boolean
  /** The course that the curriculum is of. */
  curriculum: { courseId: string } | undefined
  period: boolean
}

export class CourseOffering extends Entity {
  readonly entityType = 'course-offering'
  readonly tenant: string
  readonly id: string
  readonly #version: number
  #columns: NewCourseOffering

  constructor(tenant: string, id: string, columns: NewCourseOffering, version: number) {
    super()
    this.tenant = tenant
    this.id = id
    this.#columns = columns
    this.#version = version
  }

  static create(
    input: NewCourseOffering,
    parts: OfferingParts,
    institutionId: string,
    id: string = uuidv7(),
  ): CourseOffering | Refusal {
    return partsRefusal(input, parts) ?? new CourseOffering(institutionId, id, { ...input }, 0)
  }

  change(input: NewCourseOffering, parts: OfferingParts, hasStudents: boolean): Refusal | undefined {
    if (hasStudents) {
      return refuse('course-offering-has-students', {
        because: 'conflict',
        message: {
          en: 'Students have entered by this offering; it stays as it is.',
          pt: 'Já há alunos que ingressaram por esta oferta; ela não muda.',
        },
      })
    }
    const refusal = partsRefusal(input, parts)
    if (!refusal) this.#columns = { ...input }
    return refusal
  }

  row() {
    const { campusId, courseId, curriculumId, periodId, shift } = this.#columns
    return {
      table: 'academy.course_offerings',
      key: { institution_id: this.tenant, id: this.id },
      values: {
        campus_id: campusId,
        course_id: courseId,
        curriculum_id: curriculumId,
        period_id: periodId,
        shift,
      },
      version: this.#version,
    }
  }
}

function partsRefusal(input: NewCourseOffering, parts: OfferingParts): Refusal | undefined {
  if (!parts.campus) {
    return notFound('campus-not-found', { en: 'There is no such campus.', pt: 'Este campus não existe.' }, 'campusId')
  }
  if (!parts.course) {
    return notFound('course-not-found', { en: 'There is no such course.', pt: 'Este curso não existe.' }, 'courseId')
  }
  if (parts.curriculum?.courseId !== input.courseId) {
    return notFound(
      'course-curriculum-not-found',
      { en: 'The course has no such curriculum.', pt: 'O curso não tem esta grade.' },
      'curriculumId',
    )
  }
  if (!parts.period) {
    return notFound(
      'academic-period-not-found',
      { en: 'There is no such academic period.', pt: 'Este período acadêmico não existe.' },
      'periodId',
    )
  }
  return undefined
}

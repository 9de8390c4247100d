/** What a student enters: a course with one of its curricula, at a campus, from an academic period on, in a shift. */
import { Entity, uuidv7 } from 'cascata'
import { notFound, type Refusal } from '../../platform/http/refusal.ts'
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
  readonly #columns: NewCourseOffering

  private constructor(tenant: string, id: string, columns: NewCourseOffering) {
    super()
    this.tenant = tenant
    this.id = id
    this.#columns = columns
  }

  static create(
    input: NewCourseOffering,
    parts: OfferingParts,
    institutionId: string,
    id: string = uuidv7(),
  ): CourseOffering | Refusal {
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
    return new CourseOffering(institutionId, id, { ...input })
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
      version: 0,
    }
  }
}

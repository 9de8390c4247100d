/** What a course consists of: its disciplines by period, with credits and hours. Only disciplines of the course, each once. */
import { Entity, uuidv7 } from 'cascata'
import { badIds, type Refusal, refuse, refuseItems } from '../../platform/http/refusal.ts'
import type { CurriculumDiscipline } from './course-curriculum.fields.ts'

export type NewCourseCurriculum = { name: string; courseId: string; disciplines: readonly CurriculumDiscipline[] }

const INVALID = 'invalid-disciplines-list'

export class CourseCurriculum extends Entity {
  readonly entityType = 'course-curriculum'
  readonly tenant: string
  readonly id: string
  readonly courseId: string
  readonly disciplines: readonly CurriculumDiscipline[]
  readonly #name: string

  private constructor(tenant: string, id: string, input: NewCourseCurriculum) {
    super()
    this.tenant = tenant
    this.id = id
    this.courseId = input.courseId
    this.disciplines = input.disciplines
    this.#name = input.name
  }

  /** @param courseDisciplines ids of the disciplines of its course. */
  static create(
    input: NewCourseCurriculum,
    courseDisciplines: ReadonlySet<string>,
    institutionId: string,
    id: string = uuidv7(),
  ): CourseCurriculum | Refusal {
    const bad = badIds(
      input.disciplines.map((discipline) => discipline.id),
      courseDisciplines,
      {
        unknown: refuse(INVALID, {
          message: { en: 'This discipline is not of the course.', pt: 'Esta disciplina não é do curso.' },
        }),
        repeated: refuse(INVALID, {
          message: { en: 'This discipline is listed twice.', pt: 'Esta disciplina está repetida.' },
        }),
      },
    )
    return refuseItems('disciplines', bad) ?? new CourseCurriculum(institutionId, id, input)
  }

  row() {
    return {
      table: 'academy.course_curricula',
      key: { institution_id: this.tenant, id: this.id },
      values: { course_id: this.courseId, name: this.#name },
      version: 0,
    }
  }
}

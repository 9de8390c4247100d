/**
 * What a course consists of: its disciplines by period, with credits and hours. Only disciplines of the course, each once.
 * Once students follow it they stay: what somebody has to attend does not change under them.
 */
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
  readonly #version: number
  #disciplines: readonly CurriculumDiscipline[]
  #name: string

  constructor(tenant: string, id: string, input: NewCourseCurriculum, version: number) {
    super()
    this.tenant = tenant
    this.id = id
    this.courseId = input.courseId
    this.#disciplines = input.disciplines
    this.#name = input.name
    this.#version = version
  }

  get disciplines() {
    return this.#disciplines
  }

  /** @param courseDisciplines ids of the disciplines of its course. */
  static create(
    input: NewCourseCurriculum,
    courseDisciplines: ReadonlySet<string>,
    institutionId: string,
    id: string = uuidv7(),
  ): CourseCurriculum | Refusal {
    return disciplinesRefusal(input.disciplines, courseDisciplines) ?? new CourseCurriculum(institutionId, id, input, 0)
  }

  rename(name: string): void {
    this.#name = name
  }

  changeDisciplines(
    disciplines: readonly CurriculumDiscipline[],
    courseDisciplines: ReadonlySet<string>,
    hasStudents: boolean,
  ): Refusal | undefined {
    if (hasStudents) {
      return refuse('course-curriculum-has-students', {
        because: 'conflict',
        message: {
          en: 'Students follow this curriculum already; its subjects stay as they are.',
          pt: 'Já há alunos nesta grade; as disciplinas dela não mudam.',
        },
      })
    }
    const refusal = disciplinesRefusal(disciplines, courseDisciplines)
    if (!refusal) this.#disciplines = disciplines
    return refusal
  }

  row() {
    return {
      table: 'academy.course_curricula',
      key: { institution_id: this.tenant, id: this.id },
      values: { course_id: this.courseId, name: this.#name },
      version: this.#version,
    }
  }
}

function disciplinesRefusal(
  disciplines: readonly CurriculumDiscipline[],
  courseDisciplines: ReadonlySet<string>,
): Refusal | undefined {
  const bad = badIds(
    disciplines.map(({ id }) => id),
    courseDisciplines,
    {
      unknown: refuse(INVALID, {
        message: { en: 'This subject is not part of the course.', pt: 'Esta disciplina não faz parte do curso.' },
      }),
      repeated: refuse(INVALID, {
        message: { en: 'This subject is listed twice.', pt: 'Esta disciplina está repetida.' },
      }),
    },
  )
  return refuseItems('disciplines', bad)
}

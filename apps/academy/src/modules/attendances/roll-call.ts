/**
 * The attendance of one lesson. Rules: only the class's teacher, only while the class is started, only lessons of today and
 * before; everybody who was enrolled on that day is either present or absent.
 */
import { badIds, notFound, type Refusal, refuse, refuseItems } from '../../platform/http/refusal.ts'

export type LessonOutline = {
  id: string
  institutionId: string
  classId: string
  teacherId: string
  classStatus: 'pre-enrollment' | 'enrollment' | 'started' | 'finalized'
  number: number
  date: string
  startAt: string
  endAt: string
  status: 'pending' | 'finalized'
}

export const lessonNotFound = () =>
  notFound('lesson-not-found', { en: 'There is no such lesson.', pt: 'Esta aula não existe.' })

export class RollCall {
  readonly tenant: string
  /** The lesson's. */
  readonly id: string
  readonly classId: string
  /** Everybody who was enrolled on that day. */
  readonly presences: readonly { studentId: string; present: boolean }[]

  private constructor(lesson: LessonOutline, presences: RollCall['presences']) {
    this.tenant = lesson.institutionId
    this.id = lesson.id
    this.classId = lesson.classId
    this.presences = presences
  }

  /**
   * @param students who was enrolled on the day of the lesson.
   * @param today on the institution's calendar.
   */
  static take(
    presentIds: readonly string[],
    lesson: LessonOutline | undefined,
    students: readonly string[],
    today: string,
    by: { id: string },
  ): RollCall | Refusal {
    if (lesson?.teacherId !== by.id) return lessonNotFound()
    if (lesson.classStatus !== 'started') {
      return refuse('class-not-started', {
        because: 'conflict',
        message: {
          en: 'Attendance is taken in started classes only.',
          pt: 'Só turmas iniciadas têm chamada.',
        },
      })
    }
    if (lesson.date > today) {
      return refuse('lesson-not-given', {
        because: 'conflict',
        message: { en: 'This lesson has not been given yet.', pt: 'Esta aula ainda não foi dada.' },
      })
    }
    const bad = badIds(presentIds, new Set(students), {
      unknown: refuse('invalid-students-list', {
        message: {
          en: 'This student was not in the class on that day.',
          pt: 'Este aluno não estava na turma naquele dia.',
        },
      }),
      repeated: refuse('invalid-students-list', {
        message: { en: 'This student is listed twice.', pt: 'Este aluno está repetido.' },
      }),
    })
    const present = new Set(presentIds)
    return (
      refuseItems('presentStudents', bad) ??
      new RollCall(
        lesson,
        students.map((studentId) => ({ studentId, present: present.has(studentId) })),
      )
    )
  }
}

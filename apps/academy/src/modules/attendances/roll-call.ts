/**
 * The attendance of one lesson. Rules: only the class's teacher, only while the class is started, only lessons of today and
 * before; everybody who was enrolled on that day is either present or absent.
 */
import { dateInWords, wallClock } from '../../platform/calendar.ts'
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
  /** Goes up each time that it is saved. */
  version: number
  /** The last to save it, and when; null of lessons that nobody has, and of those saved before it was kept. */
  takenBy: string | null
  takenAt: Date | null
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
   * @param read the version that the teacher has looked at; undefined replaces whatever stands.
   * @param students who was enrolled on the day of the lesson.
   * @param clock the institution's.
   */
  static take(
    presentIds: readonly string[],
    lesson: LessonOutline | undefined,
    students: readonly string[],
    clock: { today: string; timeZone: string },
    by: { id: string },
    read?: number,
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
    if (lesson.date > clock.today) {
      return refuse('lesson-not-given', {
        because: 'conflict',
        message: { en: 'This lesson has not been given yet.', pt: 'Esta aula ainda não foi dada.' },
      })
    }
    if (read !== undefined && read !== lesson.version) return changedMeanwhile(lesson, clock.timeZone)
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

function changedMeanwhile({ takenBy, takenAt }: LessonOutline, timeZone: string): Refusal {
  const [name, at] = takenBy !== null && takenAt !== null ? [takenBy, wallClock(takenAt, timeZone)] : []
  return refuse('roll-call-changed', {
    because: 'conflict',
    message:
      name !== undefined && at
        ? {
            en: `${name} saved this attendance on ${dateInWords(at.date, 'en')} at ${at.hour}, after you had opened it.`,
            pt: `${name} salvou esta chamada em ${dateInWords(at.date, 'pt-BR')}, às ${at.hour}, depois que você a abriu.`,
          }
        : {
            en: 'This attendance was saved after you had opened it.',
            pt: 'Esta chamada foi salva depois que você a abriu.',
          },
  })
}

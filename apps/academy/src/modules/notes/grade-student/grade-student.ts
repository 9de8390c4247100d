/** A teacher gives a student grades, and the student hears of each. */
import { command, handle, on, save } from 'cascata'
import { z } from 'zod'
import { unlessChanged } from '../../../platform/database/saving.ts'
import { isRefusal, notFound, type Refusal, refuse, refuseAll } from '../../../platform/http/refusal.ts'
import { route } from '../../../platform/http/route.ts'
import { note as noteType } from '../../activities/class-activity.fields.ts'
import { averageNote, type ClassOutline, lockClass, roundingOf } from '../../classes/classes.queries.ts'
import { type NewNotification, notify } from '../../notifications/notifications.queries.ts'
import { StudentClassNoteAdded } from '../student-class-note.events.ts'
import { StudentClassNote } from '../student-class-note.ts'
import { contract } from './grade-student.contract.ts'
import { disciplineOf, notesOf } from './grade-student.queries.ts'

// Request → rule → event, one for each grade that differs. They commit together.
export const gradeStudent = route(
  'PUT /classes/:classId/students/:studentId/notes',
  contract,
  async ({ input, tx, by }) => {
    const refusal = classRefusal(await lockClass(tx, input.classId), by.id)
    if (refusal) return refusal
    const rows = await notesOf(tx, by.institutionId, input.classId, input.studentId)
    if (rows.length === 0) {
      return notFound('student-class-note-not-found', {
        en: 'The student has no grades in this class.',
        pt: 'O aluno não tem notas nesta turma.',
      })
    }
    const given = input.notes.flatMap(({ type, note, version }) => {
      const row = rows.find((each) => each.type === type)
      return row ? [{ note, entity: new StudentClassNote(by.institutionId, { ...row, version }) }] : []
    })
    const twice = given.some(({ entity }, index) => given.findIndex((each) => each.entity.type === entity.type) < index)
    if (twice) return repeated()
    const bad = refuseAll(given.map(({ entity, note }) => entity.grade(note)))
    if (bad) return bad
    for (const { entity } of given) {
      const saved = await unlessChanged(() => save(tx, entity, { actor: by.id })) // emits StudentClassNoteAdded
      if (isRefusal(saved)) return saved
    }
    const now = await notesOf(tx, by.institutionId, input.classId, input.studentId)
    return {
      notes: now.map(({ type, note, version }) => ({ type, note, version })),
      averageNote: averageNote(
        now.map(({ note }) => note),
        await roundingOf(tx, by.institutionId),
      ),
    }
  },
)

export const CreateNewStudentClassNoteNotification = command(
  'new-student-class-note-notification.create',
  z.object({ classId: z.uuid(), studentId: z.uuid(), note: noteType }),
  { label: { en: 'Tell a student of a grade', pt: 'Avisar o aluno da nota' } },
)

// Event → one command.
export const notifyStudent = on(StudentClassNoteAdded, 'notify-student', (data) =>
  CreateNewStudentClassNoteNotification(data),
)

// Command → a notification. The grade itself is on the page, not in the notice.
export const createNoteNotification = handle(
  CreateNewStudentClassNoteNotification,
  async ({ classId, studentId, note }, { tx, tenant }) => {
    const discipline = await disciplineOf(tx, tenant, classId)
    const notification: NewNotification = {
      category: 'note-added',
      subjectId: classId,
      title: { en: 'New grade', pt: 'Nova nota' },
      description: { en: `${discipline}: ${note}`, pt: `${discipline}: ${note}` },
      link: '/app/notes',
    }
    await notify(tx, tenant, notification, [studentId])
  },
)

function classRefusal(klass: ClassOutline | undefined, teacherId: string): Refusal | undefined {
  if (!klass) return notFound('class-not-found', { en: 'There is no such class.', pt: 'Esta turma não existe.' })
  if (klass.teacherId !== teacherId) {
    return notFound('class-not-found', { en: 'There is no such class.', pt: 'Esta turma não existe.' })
  }
  if (klass.status === 'started') return undefined
  return refuse('class-not-started', {
    because: 'conflict',
    message: { en: 'Grades are given in started classes only.', pt: 'Só turmas iniciadas recebem notas.' },
  })
}

const repeated = () =>
  refuse('invalid-notes-list', {
    field: 'notes',
    message: { en: 'A grade is listed twice.', pt: 'Há uma nota repetida.' },
  })

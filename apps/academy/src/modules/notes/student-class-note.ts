/**
 * One of the three notes of a student in a class: null until it is graded, since 0.00 is a grade. Rules: only the class's
 * teacher, only while the class is started.
 */
import { Entity } from 'cascata'
import { type Refusal, refuse } from '../../platform/http/refusal.ts'
import type { Note } from '../activities/class-activity.fields.ts'
import { StudentClassNoteAdded } from './student-class-note.events.ts'

export type StudentClassNoteColumns = {
  class_id: string
  student_id: string
  type: Note
  note: number | null
  version: number
}

export const NOTE_MAX = 10

export class StudentClassNote extends Entity {
  readonly entityType = 'student-class-note'
  readonly tenant: string
  readonly id: string
  readonly #columns: StudentClassNoteColumns

  constructor(tenant: string, columns: StudentClassNoteColumns) {
    super()
    this.tenant = tenant
    this.id = `${columns.class_id}/${columns.student_id}/${columns.type}`
    this.#columns = { ...columns }
  }

  get type(): Note {
    return this.#columns.type
  }

  get note(): number | null {
    return this.#columns.note
  }

  /** @param note null takes back what was given to the wrong student: nobody is told. */
  grade(note: number | null): Refusal | undefined {
    if (note !== null && !(note >= 0 && note <= NOTE_MAX && Number.isInteger(Number((note * 100).toFixed(6))))) {
      return refuse('invalid-student-class-note', {
        field: this.type,
        message: {
          en: `A number from 0 to ${NOTE_MAX} with at most two decimals.`,
          pt: `Um número de 0 a ${NOTE_MAX} com no máximo duas casas decimais.`,
        },
      })
    }
    if (note === this.#columns.note) return undefined
    this.#columns.note = note
    if (note !== null) {
      const { class_id: classId, student_id: studentId, type } = this.#columns
      this.emit(StudentClassNoteAdded({ classId, studentId, note: type }))
    }
    return undefined
  }

  row() {
    const { class_id, student_id, type, note, version } = this.#columns
    return {
      table: 'academy.class_student_notes',
      key: { institution_id: this.tenant, class_id, student_id, type },
      values: { note },
      version,
    }
  }
}

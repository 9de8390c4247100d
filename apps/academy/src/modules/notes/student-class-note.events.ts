/** The facts about notes that other modules may listen to. */
import { event } from 'cascata'
import { z } from 'zod'
import { note } from '../activities/class-activity.fields.ts'

export const StudentClassNoteAdded = event(
  'student-class-note.added',
  z.object({ classId: z.uuid(), studentId: z.uuid(), note }),
  { label: { en: 'Grade given', pt: 'Nota lançada' } },
)

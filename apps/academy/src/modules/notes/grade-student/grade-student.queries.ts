import type { Tx } from 'cascata'
import type { StudentClassNoteColumns } from '../student-class-note.ts'

/** Of a student who is enrolled in the class. */
export async function notesOf(
  tx: Tx,
  institutionId: string,
  classId: string,
  studentId: string,
): Promise<StudentClassNoteColumns[]> {
  const { rows } = await tx.query<StudentClassNoteColumns>(
    `select n.class_id, n.student_id, n.type, n.note::float8 as note, n.version
     from academy.class_student_notes n
     join academy.class_students s
       on s.institution_id = n.institution_id and s.class_id = n.class_id and s.student_id = n.student_id
     where n.institution_id = $1 and n.class_id = $2 and n.student_id = $3 and s.status <> 'left'
     order by n.type`,
    [institutionId, classId, studentId],
  )
  return rows
}

export async function disciplineOf(tx: Tx, institutionId: string, classId: string): Promise<string> {
  const { rows } = await tx.query<{ name: string }>(
    `select d.name from academy.classes c
     join academy.disciplines d on d.institution_id = c.institution_id and d.id = c.discipline_id
     where c.institution_id = $1 and c.id = $2`,
    [institutionId, classId],
  )
  const [discipline] = rows
  if (!discipline) throw new Error(`There is no class ${classId}.`)
  return discipline.name
}

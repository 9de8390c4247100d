/** The first grade of every student in every class. One class is told as if it were given now; the others know it already. */
import { save, type Tx } from 'cascata'
import { StudentClassNote, type StudentClassNoteColumns } from '../../notes/student-class-note.ts'
import { Random } from '../seed-institution/random.ts'
import { agreed, once } from '../seed-institution/seed-plan.ts'
import type { EnrichmentOrder } from './enrich-institution.commands.ts'
import { startedClasses } from './started-classes.ts'

/** In halves: 4.5 to 10. */
const HALVES = { min: 9, max: 20 }

export async function seedNotes(tx: Tx, { institutionId, seed }: EnrichmentOrder): Promise<void> {
  await once(tx, institutionId, 'grades', async () => {
    const random = new Random(seed, 'grades')
    const [told] = await startedClasses(tx, institutionId)
    const { rows } = await tx.query<StudentClassNoteColumns>(
      `select class_id, student_id, type, note::float8 as note, version from academy.class_student_notes
       where institution_id = $1 and type = 'N1' and note is null order by class_id, student_id`,
      [institutionId],
    )
    const graded = rows.map((row) => ({ row, note: random.between(HALVES.min, HALVES.max) / 2 }))
    for (const { row, note } of graded.filter(({ row }) => row.class_id === told?.id)) {
      const grade = new StudentClassNote(institutionId, row)
      agreed(grade.grade(note))
      await save(tx, grade) // emits StudentClassNoteAdded
    }
    const known = graded.filter(({ row }) => row.class_id !== told?.id)
    await tx.query(
      `update academy.class_student_notes n set note = g.note, version = n.version + 1
       from unnest($2::uuid[], $3::uuid[], $4::numeric[]) as g(class_id, student_id, note)
       where n.institution_id = $1 and n.class_id = g.class_id and n.student_id = g.student_id and n.type = 'N1'`,
      [
        institutionId,
        known.map(({ row }) => row.class_id),
        known.map(({ row }) => row.student_id),
        known.map(({ note }) => note),
      ],
    )
    return { grades: graded.length }
  })
}

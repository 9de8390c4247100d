/** A student's grades per class, and the mean of what is concluded. */
import { route } from '../../../platform/http/route.ts'
import type { Note } from '../../activities/class-activity.fields.ts'
import type { StudentClassStatus } from '../../classes/class.fields.ts'
import { averageNote, overallAverage, roundingOf } from '../../classes/classes.queries.ts'
import { contract } from './own-notes.contract.ts'

type Row = {
  id: string
  discipline: string
  period: string
  curriculumPeriod: number | null
  status: StudentClassStatus
  average_note: number | null
  notes: { type: Note; note: number | null }[]
}

export const ownNotes = route('GET /notes', contract, async ({ tx, by }) => {
  const limit = await tx.query<{ noteLimit: number }>(
    'select note_limit::float8 as "noteLimit" from academy.institutions where id = $1',
    [by.institutionId],
  )
  const { rows } = await tx.query<Row>(
    `select c.id, d.name as discipline, c.period_id as period, l.period as "curriculumPeriod", s.status,
       s.average_note::float8 as average_note,
       coalesce((select json_agg(json_build_object('type', n.type, 'note', n.note) order by n.type)
         from academy.class_student_notes n where n.institution_id = s.institution_id
           and n.class_id = s.class_id and n.student_id = s.student_id), '[]') as notes
     from academy.class_students s
     join academy.classes c on c.institution_id = s.institution_id and c.id = s.class_id
     join academy.disciplines d on d.institution_id = c.institution_id and d.id = c.discipline_id
     join academy.students st on st.institution_id = s.institution_id and st.id = s.student_id
     left join academy.course_offerings o on o.institution_id = st.institution_id and o.id = st.course_offering_id
     left join academy.curriculum_disciplines l on l.institution_id = o.institution_id
       and l.curriculum_id = o.curriculum_id and l.discipline_id = c.discipline_id
     where s.institution_id = $1 and s.student_id = $2 and s.status <> 'left' and c.status in ('started', 'finalized')
     order by l.period, d.name, c.period_id, c.id`,
    [by.institutionId, by.id],
  )
  const rounding = await roundingOf(tx, by.institutionId)
  return {
    noteLimit: limit.rows[0]?.noteLimit ?? 0,
    overallAverage: overallAverage(
      rows.flatMap(({ average_note }) => average_note ?? []),
      rounding,
    ),
    classes: rows.map(({ average_note, ...row }) => ({
      ...row,
      averageNote:
        average_note ??
        averageNote(
          row.notes.map(({ note }) => note),
          rounding,
        ),
    })),
  }
})

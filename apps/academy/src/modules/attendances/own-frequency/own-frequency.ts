/** A student's attendance: in all, and per class. */
import { route } from '../../../platform/http/route.ts'
import type { StudentClassStatus } from '../../classes/class.fields.ts'
import { frequency } from '../../classes/classes.queries.ts'
import { contract } from './own-frequency.contract.ts'

type Row = {
  id: string
  discipline: string
  period: string
  status: StudentClassStatus
  present: number
  records: number
  lessons: number
  pendingLessons: number
}

export const ownFrequency = route('GET /frequency', contract, async ({ tx, by }) => {
  const limit = await tx.query<{ frequencyLimit: number }>(
    'select frequency_limit::float8 as "frequencyLimit" from academy.institutions where id = $1',
    [by.institutionId],
  )
  const { rows } = await tx.query<Row>(
    `select c.id, d.name as discipline, c.period_id as period, s.status, f.present, f.records, g.lessons, g."pendingLessons"
     from academy.class_students s
     join academy.classes c on c.institution_id = s.institution_id and c.id = s.class_id
     join academy.disciplines d on d.institution_id = c.institution_id and d.id = c.discipline_id
     cross join lateral (
       select count(*) filter (where a.present)::int as present, count(*)::int as records
       from academy.lesson_attendances a where a.institution_id = s.institution_id
         and a.class_id = s.class_id and a.student_id = s.student_id
     ) f
     cross join lateral (
       select count(*)::int as lessons, count(*) filter (where l.status = 'pending')::int as "pendingLessons"
       from academy.lessons l where l.institution_id = c.institution_id and l.class_id = c.id
     ) g
     where s.institution_id = $1 and s.student_id = $2 and s.status <> 'left' and c.status in ('started', 'finalized')
     order by c.period_id desc, d.name, c.id`,
    [by.institutionId, by.id],
  )
  const present = rows.reduce((sum, row) => sum + row.present, 0)
  const records = rows.reduce((sum, row) => sum + row.records, 0)
  return {
    frequencyLimit: limit.rows[0]?.frequencyLimit ?? 0,
    present,
    records,
    frequency: frequency(present, records),
    classes: rows.map((row) => ({ ...row, frequency: frequency(row.present, row.records) })),
  }
})

/** One class of the teacher: who is in it with their notes, its activities, and what weight remains of each note. */
import { wallClock } from '../../../platform/calendar.ts'
import { notFound } from '../../../platform/http/refusal.ts'
import { route } from '../../../platform/http/route.ts'
import { activitiesOf, remainingWeights } from '../../activities/class-activity.queries.ts'
import { averageNote } from '../average-note.ts'
import { contract } from './read-class.contract.ts'

export const readClass = route('GET /classes/:classId', contract, async ({ input, tx, by }) => {
  const found = await tx.query<{
    id: string
    discipline: string
    code: string
    period: string
    start_at: string
    end_at: string
    status: 'pre-enrollment' | 'enrollment' | 'started' | 'finalized'
    vacancies: number
    time_zone: string
    now: Date
  }>(
    `select c.id, d.name as discipline, d.code, p.id as period, to_char(p.start_at, 'YYYY-MM-DD') as start_at,
       to_char(p.end_at, 'YYYY-MM-DD') as end_at, c.status, c.vacancies, i.time_zone, now() as now
     from academy.classes c
     join academy.disciplines d on d.institution_id = c.institution_id and d.id = c.discipline_id
     join academy.academic_periods p on p.institution_id = c.institution_id and p.id = c.period_id
     join academy.institutions i on i.id = c.institution_id
     where c.institution_id = $1 and c.id = $2 and c.teacher_id = $3`,
    [by.institutionId, input.classId, by.id],
  )
  const klass = found.rows[0]
  if (!klass) return notFound('class-not-found', { en: 'There is no such class.', pt: 'Esta turma não existe.' })

  const students = await tx.query<{
    id: string
    name: string
    enrollment_code: string
    notes: { type: 'N1' | 'N2' | 'N3'; note: number | null }[]
  }>(
    `select u.id, u.name, st.enrollment_code,
       coalesce((select json_agg(json_build_object('type', n.type, 'note', n.note) order by n.type)
         from academy.class_student_notes n
         where n.institution_id = s.institution_id and n.class_id = s.class_id and n.student_id = s.student_id), '[]') as notes
     from academy.class_students s
     join academy.students st on st.institution_id = s.institution_id and st.id = s.student_id
     join academy.users u on u.institution_id = s.institution_id and u.id = s.student_id
     where s.institution_id = $1 and s.class_id = $2 and s.status <> 'left'
     order by u.name, u.id`,
    [by.institutionId, klass.id],
  )
  return {
    id: klass.id,
    discipline: klass.discipline,
    code: klass.code,
    period: { id: klass.period, startAt: klass.start_at, endAt: klass.end_at },
    status: klass.status,
    vacancies: klass.vacancies,
    timeZone: klass.time_zone,
    today: wallClock(klass.now, klass.time_zone).date,
    remainingWeights: await remainingWeights(tx, by.institutionId, klass.id),
    students: students.rows.map(({ id, name, enrollment_code, notes }) => ({
      id,
      name,
      enrollmentCode: enrollment_code,
      notes,
      averageNote: averageNote(notes.map(({ note }) => note)),
    })),
    activities: await activitiesOf(tx, by.institutionId, klass.id),
  }
})

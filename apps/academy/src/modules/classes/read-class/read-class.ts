/** One class, a teacher's own or for staff any: who is in it with notes and attendance, its lessons and activities. */
import type { Tx } from 'cascata'
import { institutionClock } from '../../../platform/database/institution-clock.ts'
import { route } from '../../../platform/http/route.ts'
import type { Note } from '../../activities/class-activity.fields.ts'
import { activitiesOf, remainingWeights } from '../../activities/class-activity.queries.ts'
import { averageNote } from '../average-note.ts'
import type { ShownClassStatus, StudentClassStatus } from '../class.fields.ts'
import {
  classNotFound,
  roundingOf,
  SCHEDULES_COLUMN,
  type ScheduleRow,
  schedulesIn,
  shownStatus,
} from '../classes.queries.ts'
import { frequency, meanFrequency } from '../frequency.ts'
import { workloadMinutes } from '../lessons.ts'
import { contract } from './read-class.contract.ts'

export const readClass = route('GET /classes/:classId', contract, async ({ input, tx, by }) => {
  const { today, timeZone } = await institutionClock(tx, by.institutionId)
  const found = await tx.query<{
    id: string
    discipline: string
    code: string
    teacher_id: string
    teacher: string
    period: string
    start_at: string
    end_at: string
    status: ShownClassStatus
    vacancies: number
    schedules: ScheduleRow[]
  }>(
    `select c.id, d.name as discipline, d.code, u.id as teacher_id, u.name as teacher, p.id as period,
       to_char(p.start_at, 'YYYY-MM-DD') as start_at, to_char(p.end_at, 'YYYY-MM-DD') as end_at,
       ${shownStatus('$3')} as status, c.vacancies, ${SCHEDULES_COLUMN}
     from academy.classes c
     join academy.disciplines d on d.institution_id = c.institution_id and d.id = c.discipline_id
     join academy.academic_periods p on p.institution_id = c.institution_id and p.id = c.period_id
     join academy.users u on u.institution_id = c.institution_id and u.id = c.teacher_id
     left join academy.enrollment_periods e on e.institution_id = c.institution_id and e.period_id = c.period_id
     where c.institution_id = $1 and c.id = $2 and ($4::uuid is null or c.teacher_id = $4)`,
    [by.institutionId, input.classId, today, by.role === 'teacher' ? by.id : null],
  )
  const klass = found.rows[0]
  if (!klass) return classNotFound()
  const students = await studentsOf(tx, by.institutionId, klass.id)
  const lessons = await lessonsOf(tx, by.institutionId, klass.id)
  return {
    id: klass.id,
    discipline: klass.discipline,
    code: klass.code,
    teacher: { id: klass.teacher_id, name: klass.teacher },
    period: { id: klass.period, startAt: klass.start_at, endAt: klass.end_at },
    status: klass.status,
    vacancies: klass.vacancies,
    schedules: schedulesIn(klass.schedules),
    workloadMinutes: workloadMinutes(lessons),
    frequency: meanFrequency(students.map((student) => student.frequency)),
    timeZone,
    today,
    remainingWeights: await remainingWeights(tx, by.institutionId, klass.id),
    students,
    lessons,
    activities: await activitiesOf(tx, by.institutionId, klass.id),
  }
})

async function studentsOf(tx: Tx, institutionId: string, classId: string) {
  const { rows } = await tx.query<{
    id: string
    name: string
    enrollment_code: string
    status: StudentClassStatus
    notes: { type: Note; note: number | null; version: number }[]
    average_note: number | null
    frequency: number | null
    present: number
    records: number
  }>(
    `select u.id, u.name, st.enrollment_code, s.status, s.average_note::float8 as average_note,
       s.frequency::float8 as frequency, f.present, f.records,
       coalesce((select json_agg(json_build_object('type', n.type, 'note', n.note, 'version', n.version) order by n.type)
         from academy.class_student_notes n
         where n.institution_id = s.institution_id and n.class_id = s.class_id and n.student_id = s.student_id), '[]') as notes
     from academy.class_students s
     join academy.students st on st.institution_id = s.institution_id and st.id = s.student_id
     join academy.users u on u.institution_id = s.institution_id and u.id = s.student_id
     cross join lateral (
       select count(*) filter (where a.present)::int as present, count(*)::int as records
       from academy.lesson_attendances a
       where a.institution_id = s.institution_id and a.class_id = s.class_id and a.student_id = s.student_id
     ) f
     where s.institution_id = $1 and s.class_id = $2 and s.status <> 'left'
     order by u.name, u.id`,
    [institutionId, classId],
  )
  const rounding = await roundingOf(tx, institutionId)
  // Once the class is finalized, what its result was decided with stands.
  return rows.map(({ enrollment_code, average_note, frequency: frozen, ...row }) => ({
    ...row,
    enrollmentCode: enrollment_code,
    averageNote:
      average_note ??
      averageNote(
        row.notes.map(({ note }) => note),
        rounding,
      ),
    frequency: frozen ?? frequency(row.present, row.records),
  }))
}

async function lessonsOf(tx: Tx, institutionId: string, classId: string) {
  const { rows } = await tx.query<{
    id: string
    number: number
    date: string
    startAt: string
    endAt: string
    status: 'pending' | 'finalized'
    present: number
    records: number
  }>(
    `select l.id, l.number, to_char(l.date, 'YYYY-MM-DD') as date, to_char(l.start_at, 'HH24:MI') as "startAt",
       to_char(l.end_at, 'HH24:MI') as "endAt", l.status,
       count(a.student_id) filter (where a.present)::int as present, count(a.student_id)::int as records
     from academy.lessons l
     left join academy.lesson_attendances a on a.institution_id = l.institution_id and a.lesson_id = l.id
     where l.institution_id = $1 and l.class_id = $2
     group by l.institution_id, l.id
     order by l.number`,
    [institutionId, classId],
  )
  return rows.map((row) => ({ ...row, frequency: frequency(row.present, row.records) }))
}

/** The figures of a home page. */
import type { Tx } from 'cascata'
import { type Actor, route } from '../../../platform/http/route.ts'
import { frequency, overallAverage } from '../../classes/classes.queries.ts'
import { contract } from './read-insights.contract.ts'

export const readInsights = route('GET /insights', contract, ({ tx, by }) =>
  by.role === 'staff' ? ofStaff(tx, by) : by.role === 'teacher' ? ofTeacher(tx, by) : ofStudent(tx, by),
)

const STAFF_FIGURES = {
  campi: 'campi',
  courses: 'courses',
  disciplines: 'disciplines',
  curricula: 'course_curricula',
  offerings: 'course_offerings',
  classes: 'classes',
  teachers: 'teachers',
  students: 'students',
} as const

type StaffFigures = Record<keyof typeof STAFF_FIGURES | 'notifications', number>

async function ofStaff(tx: Tx, by: Actor) {
  const figures = Object.entries(STAFF_FIGURES).map(
    ([name, table]) => `(select count(*)::int from academy.${table} where institution_id = $1) as ${name}`,
  )
  const { rows } = await tx.query<StaffFigures>(
    `select ${figures.join(', ')},
       (select count(*)::int from academy.notifications where institution_id = $1 and target is not null) as notifications`,
    [by.institutionId],
  )
  return { role: 'staff' as const, ...(rows[0] as StaffFigures) }
}

type TeacherFigures = { classes: number; students: number; lessons: number; finalizedLessons: number }

async function ofTeacher(tx: Tx, by: Actor) {
  const { rows } = await tx.query<TeacherFigures>(
    `with own as (
       select id from academy.classes where institution_id = $1 and teacher_id = $2 and status = 'started'
     )
     select (select count(*)::int from own) as classes,
       (select count(distinct student_id)::int from academy.class_students
        where institution_id = $1 and class_id in (select id from own) and status = 'enrolled') as students,
       count(*)::int as lessons, count(*) filter (where status = 'finalized')::int as "finalizedLessons"
     from academy.lessons where institution_id = $1 and class_id in (select id from own)`,
    [by.institutionId, by.id],
  )
  return { role: 'teacher' as const, ...(rows[0] as TeacherFigures) }
}

type StudentFigures = {
  status: 'enrolled' | 'transferred' | 'deferred' | 'completed'
  approvedDisciplines: number
  disciplines: number
  present: number
  records: number
  averages: number[]
}

async function ofStudent(tx: Tx, by: Actor) {
  const { rows } = await tx.query<StudentFigures>(
    `select st.status,
       (select count(distinct c.discipline_id)::int from academy.class_students s
        join academy.classes c on c.institution_id = s.institution_id and c.id = s.class_id
        where s.institution_id = st.institution_id and s.student_id = st.id
          and s.status in ('approved', 'exempt')) as "approvedDisciplines",
       (select count(*)::int from academy.course_offerings o
        join academy.curriculum_disciplines l on l.institution_id = o.institution_id and l.curriculum_id = o.curriculum_id
        where o.institution_id = st.institution_id and o.id = st.course_offering_id) as disciplines,
       f.present, f.records,
       array(select s.average_note::float8 from academy.class_students s where s.institution_id = st.institution_id
         and s.student_id = st.id and s.average_note is not null) as averages
     from academy.students st
     cross join lateral (
       select count(*) filter (where a.present)::int as present, count(*)::int as records
       from academy.class_students s
       join academy.lesson_attendances a on a.institution_id = s.institution_id
         and a.class_id = s.class_id and a.student_id = s.student_id
       where s.institution_id = st.institution_id and s.student_id = st.id and s.status <> 'left'
     ) f
     where st.institution_id = $1 and st.id = $2`,
    [by.institutionId, by.id],
  )
  const [row] = rows
  if (!row) throw new Error(`The account ${by.id} is no student of its institution.`)
  const { present, records, averages, ...figures } = row
  return {
    role: 'student' as const,
    ...figures,
    frequency: frequency(present, records),
    averageNote: overallAverage(averages),
  }
}

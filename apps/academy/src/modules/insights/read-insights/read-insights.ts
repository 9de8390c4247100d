/** The figures of a home page. */
import type { Tx } from 'cascata'
import { institutionClock } from '../../../platform/database/institution-clock.ts'
import { type Actor, route } from '../../../platform/http/route.ts'
import { SHOWN_CLASS_STATUSES, type ShownClassStatus } from '../../classes/class.fields.ts'
import { frequency, overallAverage, roundingOf, shownStatus } from '../../classes/classes.queries.ts'
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
  const { today } = await institutionClock(tx, by.institutionId)
  return {
    role: 'staff' as const,
    ...(rows[0] as StaffFigures),
    classesByStatus: await classesByStatus(tx, by.institutionId, today),
    studentsByCourse: await studentsByCourse(tx, by.institutionId),
    underWay: await underWay(tx, by.institutionId, today),
  }
}

async function classesByStatus(
  tx: Tx,
  institutionId: string,
  today: string,
): Promise<Record<ShownClassStatus, number>> {
  const { rows } = await tx.query<{ status: ShownClassStatus; classes: number }>(
    `select ${shownStatus('$2')} as status, count(*)::int as classes
     from academy.classes c
     left join academy.enrollment_periods e on e.institution_id = c.institution_id and e.period_id = c.period_id
     where c.institution_id = $1
     group by 1`,
    [institutionId, today],
  )
  const counts = new Map(rows.map(({ status, classes }) => [status, classes]))
  return Object.fromEntries(SHOWN_CLASS_STATUSES.map((status) => [status, counts.get(status) ?? 0])) as Record<
    ShownClassStatus,
    number
  >
}

const COURSES_SHOWN = 10

async function studentsByCourse(tx: Tx, institutionId: string): Promise<{ course: string; students: number }[]> {
  const { rows } = await tx.query<{ course: string; students: number }>(
    `select c.name as course, count(*)::int as students
     from academy.students s
     join academy.course_offerings o on o.institution_id = s.institution_id and o.id = s.course_offering_id
     join academy.courses c on c.institution_id = o.institution_id and c.id = o.course_id
     where s.institution_id = $1 and s.status = 'enrolled'
     group by c.id, c.name
     order by students desc, c.name
     limit $2`,
    [institutionId, COURSES_SHOWN],
  )
  return rows
}

type UnderWay = {
  seats: number
  enrollments: number
  lessons: number
  finalizedLessons: number
  lessonsWithoutAttendance: number
  present: number
  records: number
}

async function underWay(tx: Tx, institutionId: string, today: string) {
  const { rows } = await tx.query<UnderWay>(
    `with started as (
       select id, vacancies from academy.classes where institution_id = $1 and status = 'started'
     )
     select (select coalesce(sum(vacancies), 0)::int from started) as seats,
       (select count(*)::int from academy.class_students
        where institution_id = $1 and class_id in (select id from started) and status = 'enrolled') as enrollments,
       l.*, f.*
     from (
       select count(*)::int as lessons, count(*) filter (where status = 'finalized')::int as "finalizedLessons",
         count(*) filter (where status = 'pending' and date < $2::date)::int as "lessonsWithoutAttendance"
       from academy.lessons where institution_id = $1 and class_id in (select id from started)
     ) l
     cross join (
       select count(*) filter (where present)::int as present, count(*)::int as records
       from academy.lesson_attendances where institution_id = $1 and class_id in (select id from started)
     ) f`,
    [institutionId, today],
  )
  const { present, records, ...figures } = rows[0] as UnderWay
  return {
    ...figures,
    frequency: frequency(present, records),
    oldestWithoutAttendance: await oldestWithoutAttendance(tx, institutionId, today),
  }
}

const LESSONS_SHOWN = 5

type OverdueLesson = { lessonId: string; classId: string; discipline: string; number: number; date: string }

async function oldestWithoutAttendance(tx: Tx, institutionId: string, today: string): Promise<OverdueLesson[]> {
  const { rows } = await tx.query<OverdueLesson>(
    `select l.id as "lessonId", c.id as "classId", d.name as discipline, l.number, to_char(l.date, 'YYYY-MM-DD') as date
     from academy.classes c
     join academy.disciplines d on d.institution_id = c.institution_id and d.id = c.discipline_id
     join academy.lessons l on l.institution_id = c.institution_id and l.class_id = c.id
     where c.institution_id = $1 and c.status = 'started' and l.status = 'pending' and l.date < $2::date
     order by l.date, l.start_at, d.name, l.id
     limit $3`,
    [institutionId, today, LESSONS_SHOWN],
  )
  return rows
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
    records,
    frequency: frequency(present, records),
    gradedDisciplines: averages.length,
    averageNote: overallAverage(averages, await roundingOf(tx, by.institutionId)),
  }
}

/** What a student can choose from. */
import type { Tx } from 'cascata'
import type { Schedule } from '../../classes/class.fields.ts'
import { SCHEDULES_COLUMN, type ScheduleRow, schedulesIn } from '../../classes/classes.queries.ts'
import type { HeldDiscipline } from '../enrollment.fields.ts'

/** Two requests of one student are answered one after the other. */
export async function lockStudent(tx: Tx, institutionId: string, studentId: string): Promise<void> {
  await tx.query('select from academy.users where institution_id = $1 and id = $2 for no key update', [
    institutionId,
    studentId,
  ])
}

export type EnrollmentWindow = { periodId: string; startAt: string; endAt: string }

const WINDOW_COLUMNS = `period_id as "periodId", to_char(start_at, 'YYYY-MM-DD') as "startAt", to_char(end_at, 'YYYY-MM-DD') as "endAt"`

export async function openWindows(tx: Tx, institutionId: string, today: string): Promise<EnrollmentWindow[]> {
  const { rows } = await tx.query<EnrollmentWindow>(
    `select ${WINDOW_COLUMNS}
     from academy.enrollment_periods where institution_id = $1 and $2::date between start_at and end_at order by period_id`,
    [institutionId, today],
  )
  return rows
}

/** The one that opens next, if it is known. */
export async function nextWindow(tx: Tx, institutionId: string, today: string): Promise<EnrollmentWindow | undefined> {
  const { rows } = await tx.query<EnrollmentWindow>(
    `select ${WINDOW_COLUMNS}
     from academy.enrollment_periods where institution_id = $1 and start_at > $2::date order by start_at, period_id limit 1`,
    [institutionId, today],
  )
  return rows[0]
}

type Row = {
  id: string
  disciplineId: string
  discipline: string
  curriculumPeriod: number
  credits: number
  workloadHours: number
  teacher: string
  periodId: string
  schedules: ScheduleRow[]
  vacancies: number
  enrolled: number
  selected: boolean
  held: HeldDiscipline | null
}

/**
 * The classes that are chosen and those that may be given up: until the transaction ends nobody else takes a seat, and none
 * of them starts. In an order that is the same for everybody, before anything is counted.
 */
export async function lockSeats(
  tx: Tx,
  institutionId: string,
  studentId: string,
  classIds: readonly string[],
): Promise<void> {
  await tx.query(
    `select from academy.classes c
     where c.institution_id = $1 and (c.id = any($3) or c.status = 'enrollment' and c.id in (
       select s.class_id from academy.class_students s
       where s.institution_id = $1 and s.student_id = $2 and s.status = 'enrolled'))
     order by c.id for no key update`,
    [institutionId, studentId, classIds],
  )
}

/** The classes in enrollment, of the periods whose window is open, of the disciplines of the student's curriculum. */
export async function offeredClasses(
  tx: Tx,
  institutionId: string,
  studentId: string,
  windows: readonly EnrollmentWindow[],
) {
  const { rows } = await tx.query<Row>(
    `select c.id, c.discipline_id as "disciplineId", d.name as discipline, l.period as "curriculumPeriod", l.credits,
       l.workload_hours as "workloadHours", u.name as teacher, c.period_id as "periodId", ${SCHEDULES_COLUMN}, c.vacancies,
       (select count(*)::int from academy.class_students s
        where s.institution_id = c.institution_id and s.class_id = c.id and s.status = 'enrolled') as enrolled,
       exists (select from academy.class_students s where s.institution_id = c.institution_id and s.class_id = c.id
         and s.student_id = $2 and s.status = 'enrolled') as selected,
       (select case when bool_or(s.status <> 'enrolled') then 'passed' else 'attending' end
        from academy.class_students s
        join academy.classes k on k.institution_id = s.institution_id and k.id = s.class_id
        where s.institution_id = c.institution_id and s.student_id = $2 and k.discipline_id = c.discipline_id
          and s.status in ('enrolled', 'approved', 'exempt')
          -- A class that is on offer too may be given up for this one.
          and not (k.status = 'enrollment' and k.period_id = any($3))
        having count(*) > 0) as held
     from academy.students st
     join academy.course_offerings o on o.institution_id = st.institution_id and o.id = st.course_offering_id
     join academy.curriculum_disciplines l on l.institution_id = o.institution_id and l.curriculum_id = o.curriculum_id
     join academy.classes c on c.institution_id = l.institution_id and c.discipline_id = l.discipline_id
     join academy.disciplines d on d.institution_id = c.institution_id and d.id = c.discipline_id
     join academy.users u on u.institution_id = c.institution_id and u.id = c.teacher_id
     where st.institution_id = $1 and st.id = $2 and c.status = 'enrollment' and c.period_id = any($3)
     order by l.period, d.name, c.id`,
    [institutionId, studentId, windows.map(({ periodId }) => periodId)],
  )
  return rows.map((row) => ({ ...row, schedules: schedulesIn(row.schedules) }))
}

export type KeptClass = { id: string; discipline: string; schedules: Schedule[] }

/** The student's classes that are not on offer, in months that those on offer are given in: their hours are taken. */
export async function keptClasses(
  tx: Tx,
  institutionId: string,
  studentId: string,
  offeredIds: readonly string[],
): Promise<KeptClass[]> {
  const { rows } = await tx.query<{ id: string; discipline: string; schedules: ScheduleRow[] }>(
    `select c.id, d.name as discipline, ${SCHEDULES_COLUMN}
     from academy.class_students s
     join academy.classes c on c.institution_id = s.institution_id and c.id = s.class_id
     join academy.disciplines d on d.institution_id = c.institution_id and d.id = c.discipline_id
     join academy.academic_periods p on p.institution_id = c.institution_id and p.id = c.period_id
     where s.institution_id = $1 and s.student_id = $2 and s.status = 'enrolled' and c.id <> all($3)
       and exists (select from academy.classes o
         join academy.academic_periods q on q.institution_id = o.institution_id and q.id = o.period_id
         where o.institution_id = s.institution_id and o.id = any($3)
           and p.start_at < q.end_at and q.start_at < p.end_at)
     order by d.name, c.id`,
    [institutionId, studentId, offeredIds],
  )
  return rows.map((row) => ({ ...row, schedules: schedulesIn(row.schedules) }))
}

/** Staff create a class; its lessons are there at once. */
import { save, type Tx } from 'cascata'
import { existing } from '../../../platform/database/existing.ts'
import { isRefusal } from '../../../platform/http/refusal.ts'
import { route } from '../../../platform/http/route.ts'
import { DAYS, type Schedule } from '../class.fields.ts'
import { Class, type ClassParts, type NewClass } from '../class.ts'
import { SCHEDULES_COLUMN, type ScheduleRow, schedulesIn } from '../classes.queries.ts'
import { saveLessons } from '../lessons.queries.ts'
import { workloadMinutes } from '../lessons.ts'
import { contract } from './create-class.contract.ts'

export const createClass = route('POST /classes', contract, async ({ input, tx, by }) => {
  const { allowTeacherConflict, ...asked } = input
  const parts = await partsOf(tx, by.institutionId, asked)
  const klass = Class.create(asked, parts, by.institutionId, { allowTeacherClash: allowTeacherConflict })
  if (isRefusal(klass)) return klass
  await save(tx, klass, { actor: by.id })
  await saveSchedules(tx, klass)
  await saveLessons(tx, klass.tenant, klass.id, klass.lessons)
  return { id: klass.id, lessons: klass.lessons.length, workloadMinutes: workloadMinutes(klass.lessons) }
})

async function partsOf(tx: Tx, institutionId: string, input: NewClass): Promise<ClassParts> {
  const disciplines = await existing(tx, institutionId, 'disciplines', [input.disciplineId])
  // Held until the class is there: two classes of one teacher are compared one after the other, and a period's dates stay.
  const teachers = await tx.query(
    `select 1 from academy.users where institution_id = $1 and id = $2 and role = 'teacher' for no key update`,
    [institutionId, input.teacherId],
  )
  const periods = await tx.query<{ startAt: string; endAt: string }>(
    `select to_char(start_at, 'YYYY-MM-DD') as "startAt", to_char(end_at, 'YYYY-MM-DD') as "endAt"
     from academy.academic_periods where institution_id = $1 and id = $2 for key share`,
    [institutionId, input.periodId],
  )
  return {
    discipline: disciplines.size > 0,
    teacher: teachers.rows.length > 0,
    period: periods.rows[0],
    teacherSchedules: await teacherSchedules(tx, institutionId, input),
  }
}

async function teacherSchedules(tx: Tx, institutionId: string, { teacherId, periodId }: NewClass): Promise<Schedule[]> {
  const { rows } = await tx.query<{ schedules: ScheduleRow[] }>(
    `select ${SCHEDULES_COLUMN}
     from academy.classes c
     join academy.academic_periods p on p.institution_id = c.institution_id and p.id = c.period_id
     join academy.academic_periods own on own.institution_id = c.institution_id and own.id = $3
       and own.start_at < p.end_at and p.start_at < own.end_at
     where c.institution_id = $1 and c.teacher_id = $2 and c.status <> 'finalized'`,
    [institutionId, teacherId, periodId],
  )
  return rows.flatMap(({ schedules }) => schedulesIn(schedules))
}

async function saveSchedules(tx: Tx, klass: Class): Promise<void> {
  await tx.query(
    `insert into academy.class_schedules (institution_id, class_id, day, start_at, end_at)
     select $1, $2, * from unnest($3::int[], $4::time[], $5::time[])`,
    [
      klass.tenant,
      klass.id,
      klass.schedules.map(({ day }) => DAYS.indexOf(day) + 1),
      klass.schedules.map(({ startAt }) => startAt),
      klass.schedules.map(({ endAt }) => endAt),
    ],
  )
}

/** What other modules may ask about classes. */
import type { Tx } from 'cascata'
import { queries } from '../../platform/database/queries.ts'
import { notFound } from '../../platform/http/refusal.ts'
import { DAYS, type Rounding, type Schedule } from './class.fields.ts'

export { averageNote, overallAverage } from './average-note.ts'
export { frequency } from './frequency.ts'
export { clash } from './schedules.ts'

export const classNotFound = () =>
  notFound('class-not-found', { en: 'There is no such class.', pt: 'Esta turma não existe.' })

/** A column `schedules` of a query over classes `c`; read it with `schedulesIn`. */
export const SCHEDULES_COLUMN = `
  coalesce((select json_agg(json_build_array(w.day, to_char(w.start_at, 'HH24:MI'), to_char(w.end_at, 'HH24:MI'))
      order by w.day, w.start_at)
    from academy.class_schedules w where w.institution_id = c.institution_id and w.class_id = c.id), '[]') as schedules`

export type ScheduleRow = [day: number, startAt: string, endAt: string]

export const schedulesIn = (rows: readonly ScheduleRow[]): Schedule[] =>
  rows.flatMap(([number, startAt, endAt]) => {
    const day = DAYS[number - 1]
    return day ? [{ day, startAt, endAt }] : []
  })

/**
 * What people call the status of a class `c` whose enrollment period is joined as `e`.
 * @param today the parameter that holds the day on the institution's calendar, `$2` say.
 */
export const shownStatus = (today: string) =>
  `case when c.status = 'enrollment' and e.end_at < ${today}::date then 'awaiting-start' else c.status end`

/** The institution's rounding of means that are not decided yet; what was decided stands as it was rounded. */
export async function roundingOf(tx: Tx, institutionId: string): Promise<Rounding> {
  const { rows } = await tx.query<{ rounding: Rounding }>('select rounding from academy.institutions where id = $1', [
    institutionId,
  ])
  const [row] = rows
  if (!row) throw new Error(`There is no institution ${institutionId}.`)
  return row.rounding
}

export type ClassOutline = {
  id: string
  institutionId: string
  teacherId: string
  status: 'pre-enrollment' | 'enrollment' | 'started' | 'finalized'
  period: { startAt: string; endAt: string }
  timeZone: string
  /** The database's clock. */
  now: Date
}

/** The class, with its row locked until the end of the transaction: what is decided about it, is decided one after another. */
export async function lockClass(tx: Tx, classId: string): Promise<ClassOutline | undefined> {
  const { rows } = await tx.query<{
    id: string
    institution_id: string
    teacher_id: string
    status: ClassOutline['status']
    start_at: string
    end_at: string
    time_zone: string
    now: Date
  }>(
    `select c.id, c.institution_id, c.teacher_id, c.status, to_char(p.start_at, 'YYYY-MM-DD') as start_at,
       to_char(p.end_at, 'YYYY-MM-DD') as end_at, i.time_zone, academy.now() as now
     from academy.classes c
     join academy.academic_periods p on p.institution_id = c.institution_id and p.id = c.period_id
     join academy.institutions i on i.id = c.institution_id
     where c.id = $1
     for no key update of c`,
    [classId],
  )
  const row = rows[0]
  return (
    row && {
      id: row.id,
      institutionId: row.institution_id,
      teacherId: row.teacher_id,
      status: row.status,
      period: { startAt: row.start_at, endAt: row.end_at },
      timeZone: row.time_zone,
      now: row.now,
    }
  )
}

/** Those who are told what happens in the class now, by name. */
export async function activelyEnrolled(tx: Tx, classId: string): Promise<{ id: string }[]> {
  return queries(tx)
    .selectFrom('class_students as s')
    .innerJoin('users as u', (join) =>
      join.onRef('u.institution_id', '=', 's.institution_id').onRef('u.id', '=', 's.student_id'),
    )
    .select('u.id')
    .where('s.class_id', '=', classId)
    .where('s.status', '=', 'enrolled')
    .orderBy('u.name')
    .orderBy('u.id')
    .execute()
}

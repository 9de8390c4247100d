/** What other modules may ask about classes. */
import type { Tx } from 'cascata'
import { queries } from '../../platform/database/queries.ts'

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
       to_char(p.end_at, 'YYYY-MM-DD') as end_at, i.time_zone, now() as now
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

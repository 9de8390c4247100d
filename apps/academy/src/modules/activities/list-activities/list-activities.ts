/** The activities of the classes that one teaches or is enrolled in, the one that is due last first. */
import { institutionClock } from '../../../platform/database/institution-clock.ts'
import { route } from '../../../platform/http/route.ts'
import type { ActivityType, Note } from '../class-activity.fields.ts'
import { contract } from './list-activities.contract.ts'

type Row = {
  id: string
  note: Note
  title: string
  type: ActivityType
  weight: number
  due_date: string
  due_hour: string
  created_at: Date
  class_id: string
  discipline: string
  period: string
}

export const listActivities = route('GET /activities', contract, async ({ tx, by }) => {
  const { timeZone } = await institutionClock(tx, by.institutionId)
  const { rows } = await tx.query<Row>(
    `select a.id, a.note, a.title, a.type, a.weight, to_char(a.due_date, 'YYYY-MM-DD') as due_date,
       to_char(a.due_hour, 'HH24:MI') as due_hour, a.created_at, c.id as class_id, d.name as discipline,
       c.period_id as period
     from academy.class_activities a
     join academy.classes c on c.institution_id = a.institution_id and c.id = a.class_id
     join academy.disciplines d on d.institution_id = c.institution_id and d.id = c.discipline_id
     where a.institution_id = $1 and case $3
       when 'teacher' then c.teacher_id = $2
       else exists (select from academy.class_students s where s.institution_id = c.institution_id
         and s.class_id = c.id and s.student_id = $2 and s.status <> 'left') end
     order by a.due_date desc, a.due_hour desc, a.id desc
     limit 500`,
    [by.institutionId, by.id, by.role],
  )
  return {
    timeZone,
    activities: rows.map((row) => ({
      id: row.id,
      note: row.note,
      title: row.title,
      type: row.type,
      weight: row.weight,
      dueDate: row.due_date,
      dueHour: row.due_hour,
      createdAt: row.created_at.toISOString(),
      class: { id: row.class_id, discipline: row.discipline, period: row.period },
    })),
  }
})

/** One activity: for the teacher of its class, and for the students enrolled in it. */
import { notFound } from '../../../platform/http/refusal.ts'
import { route } from '../../../platform/http/route.ts'
import type { ActivityType, Note } from '../class-activity.fields.ts'
import { contract } from './read-activity.contract.ts'

type Row = {
  id: string
  note: Note
  title: string
  description: string
  type: ActivityType
  weight: number
  due_date: string
  due_hour: string
  created_at: Date
  class_id: string
  discipline: string
  code: string
  period: string
  teacher_id: string
  teacher: string
  time_zone: string
  is_followed: boolean
}

export const readActivity = route('GET /activities/:activityId', contract, async ({ input, tx, by }) => {
  const { rows } = await tx.query<Row>(
    `select a.id, a.note, a.title, a.description, a.type, a.weight, to_char(a.due_date, 'YYYY-MM-DD') as due_date,
       to_char(a.due_hour, 'HH24:MI') as due_hour, a.created_at, c.id as class_id, d.name as discipline, d.code,
       c.period_id as period, t.id as teacher_id, t.name as teacher, i.time_zone,
       exists (select from cascata.events e where e.tenant = a.institution_id and e.entity_type = 'class-activity'
         and e.entity_id = a.id::text and e.type = 'class-activity.created') as is_followed
     from academy.class_activities a
     join academy.classes c on c.institution_id = a.institution_id and c.id = a.class_id
     join academy.disciplines d on d.institution_id = c.institution_id and d.id = c.discipline_id
     join academy.users t on t.institution_id = c.institution_id and t.id = c.teacher_id
     join academy.institutions i on i.id = a.institution_id
     where a.institution_id = $1 and a.id = $2 and case $4
       when 'teacher' then c.teacher_id = $3
       else exists (select from academy.class_students s where s.institution_id = c.institution_id
         and s.class_id = c.id and s.student_id = $3 and s.status <> 'left') end`,
    [by.institutionId, input.activityId, by.id, by.role],
  )
  const row = rows[0]
  if (!row)
    return notFound('activity-not-found', { en: 'There is no such activity.', pt: 'Esta atividade não existe.' })
  return {
    id: row.id,
    note: row.note,
    title: row.title,
    description: row.description,
    type: row.type,
    weight: row.weight,
    dueDate: row.due_date,
    dueHour: row.due_hour,
    createdAt: row.created_at.toISOString(),
    class: { id: row.class_id, discipline: row.discipline, code: row.code, period: row.period },
    teacher: { id: row.teacher_id, name: row.teacher },
    isFollowed: row.is_followed,
    timeZone: row.time_zone,
  }
})

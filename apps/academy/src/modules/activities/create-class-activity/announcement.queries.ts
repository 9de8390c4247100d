/** What the announcement of an activity needs to know, asked at the moment it is sent. */
import type { Tx } from 'cascata'
import type { ActivityType, Note } from '../class-activity.fields.ts'
import { PURPOSE } from './announcement.ts'

export type ActivityOutline = {
  id: string
  classId: string
  teacherId: string
  title: string
  discipline: string
}

export async function outlineOf(tx: Tx, tenant: string, activityId: string): Promise<ActivityOutline> {
  const { rows } = await tx.query<ActivityOutline>(
    `select a.id, a.class_id as "classId", c.teacher_id as "teacherId", a.title, d.name as discipline
     from academy.class_activities a
     join academy.classes c on c.institution_id = a.institution_id and c.id = a.class_id
     join academy.disciplines d on d.institution_id = c.institution_id and d.id = c.discipline_id
     where a.institution_id = $1 and a.id = $2`,
    [tenant, activityId],
  )
  const [activity] = rows
  if (!activity) throw new Error(`There is no activity ${activityId}.`)
  return activity
}

export type Contact = {
  activityId: string
  name: string
  email: string
  locale: 'pt-BR' | 'en'
  institution: string
  teacher: string
  discipline: string
  title: string
  description: string
  type: ActivityType
  note: Note
  weight: number
  dueDate: string
  dueHour: string
  timeZone: string
}

/** Undefined when the student is not enrolled in the class any more. */
export async function contactOf(
  tx: Tx,
  tenant: string,
  activityId: string,
  studentId: string,
): Promise<Contact | undefined> {
  const { rows } = await tx.query<Contact>(
    `select a.id as "activityId", u.name, u.email, u.locale, i.name as institution, t.name as teacher, d.name as discipline, a.title,
       a.description, a.type, a.note, a.weight, to_char(a.due_date, 'YYYY-MM-DD') as "dueDate",
       to_char(a.due_hour, 'HH24:MI') as "dueHour", i.time_zone as "timeZone"
     from academy.class_activities a
     join academy.class_students s
       on s.institution_id = a.institution_id and s.class_id = a.class_id and s.student_id = $3 and s.status = 'enrolled'
     join academy.users u on u.institution_id = a.institution_id and u.id = s.student_id
     join academy.classes c on c.institution_id = a.institution_id and c.id = a.class_id
     join academy.users t on t.institution_id = c.institution_id and t.id = c.teacher_id
     join academy.disciplines d on d.institution_id = c.institution_id and d.id = c.discipline_id
     join academy.institutions i on i.id = a.institution_id
     where a.institution_id = $1 and a.id = $2`,
    [tenant, activityId, studentId],
  )
  return rows[0]
}

/** How many messages are owed (those of students who left are not) and how many went out. */
export async function tally(tx: Tx, tenant: string, activityId: string): Promise<{ sent: number; total: number }> {
  const { rows } = await tx.query<{ sent: number; total: number }>(
    `select count(*) filter (where status = 'sent')::int as sent, count(*) filter (where status <> 'cancelled')::int as total
     from academy.email_messages where institution_id = $1 and purpose = $2 and entity_id = $3`,
    [tenant, PURPOSE, activityId],
  )
  return rows[0] ?? { sent: 0, total: 0 }
}

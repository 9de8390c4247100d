/**
 * How the notices of one activity are going. Two sources, each for what it knows best: the engine's queue says what is
 * open and when it is tried next, the owed messages say what came of the rest and why.
 */
import type { Tx } from 'cascata'
import { PURPOSE } from '../create-class-activity/announcement.ts'

export type EmailState = 'waiting' | 'sending' | 'sent' | 'retrying' | 'failed' | 'cancelled' | 'unknown'

/** $1 institution, $2 activity, $3 purpose: one row per owed message, with the state that people are shown. */
const MESSAGES = `
  workflow as (
    select id, occurred_at from cascata.events
    where tenant = $1 and entity_type = 'class-activity' and entity_id = ($2::uuid)::text and type = 'class-activity.created'
  ), emails as (
    select b.id, b.state from cascata.batches b join workflow w on b.root_id = w.id
    where b.tenant = $1 and b.type = $3
  ), open as (
    select (c.data->>'studentId')::uuid as recipient_id, q.state, q.failures, q.run_at
    from cascata.command_queue q
    join cascata.commands c on c.tenant = q.tenant and c.id = q.id
    where q.tenant = $1 and q.batch_id = (select id from emails)
  ), messages as (
    select m.recipient_id, m.sent_at, m.reason, coalesce(o.failures, 0)::int as failures,
      case when o.state = 'scheduled' then o.run_at end as next_at,
      case
        when m.status in ('sent', 'cancelled') then m.status
        when o.state = 'processing' then 'sending'
        when o.state = 'unknown' then 'unknown'
        when o.failures > 0 or (o.state is not null and m.status = 'retrying') then 'retrying'
        when o.state is not null then 'waiting'
        when m.status = 'failed' or (select state from emails) = 'error' then 'failed'
        else 'waiting'
      end as email
    from academy.email_messages m
    left join open o on o.recipient_id = m.recipient_id
    where m.institution_id = $1 and m.purpose = $3 and m.entity_id = $2::uuid
  )`

export type Groups = {
  workflow_id: string
  published_at: Date
  batch_state: 'open' | 'success' | 'error' | 'cancelled' | null
  delivered: number
  viewed: number
  groups: { email: EmailState; reason: string | null; count: number; next_at: string | null }[]
  told: { at: string; category: string; details: { sent: number; total: number } } | null
}

/** Undefined when the activity is not one of this teacher's. */
export async function deliveryGroups(
  tx: Tx,
  scope: { institutionId: string; teacherId: string },
  activityId: string,
): Promise<Groups | undefined> {
  const { rows } = await tx.query<Groups>(
    `with ${MESSAGES}, notices as (
       select count(*)::int as delivered, count(r.viewed_at)::int as viewed
       from academy.notifications n
       join academy.notification_recipients r on r.institution_id = n.institution_id and r.notification_id = n.id
       where n.institution_id = $1 and n.subject_id = $2 and n.category = 'new-class-activity'
     )
     select w.id as workflow_id, w.occurred_at as published_at, (select state from emails) as batch_state,
       notices.delivered, notices.viewed,
       coalesce((select json_agg(g) from (
         select email, case when email in ('retrying', 'failed') then reason end as reason, count(*)::int as count,
           min(next_at) as next_at
         from messages group by 1, 2 order by 1, 2) g), '[]') as groups,
       (select json_build_object('at', n.created_at, 'category', n.category, 'details', n.details)
        from academy.notifications n
        where n.institution_id = $1 and n.subject_id = $2
          and n.category in ('class-activity-emails-sent', 'class-activity-emails-incomplete')
        order by n.id desc limit 1) as told
     from academy.class_activities a
     join academy.classes c on c.institution_id = a.institution_id and c.id = a.class_id
     cross join workflow w cross join notices
     where a.institution_id = $1 and a.id = $2 and c.teacher_id = $4`,
    [scope.institutionId, activityId, PURPOSE, scope.teacherId],
  )
  return rows[0]
}

export type StudentRow = {
  student_id: string
  name: string
  in_app_at: Date
  viewed_at: Date | null
  email: EmailState
  sent_at: Date | null
  failures: number
  next_at: Date | null
  reason: string | null
}

export async function deliveryByStudent(tx: Tx, institutionId: string, activityId: string): Promise<StudentRow[]> {
  const { rows } = await tx.query<StudentRow>(
    `with ${MESSAGES}, notices as (
       select r.user_id, r.created_at, r.viewed_at
       from academy.notifications n
       join academy.notification_recipients r on r.institution_id = n.institution_id and r.notification_id = n.id
       where n.institution_id = $1 and n.subject_id = $2 and n.category = 'new-class-activity'
     )
     select m.recipient_id as student_id, u.name, n.created_at as in_app_at, n.viewed_at, m.email, m.sent_at, m.failures,
       m.next_at, case when m.email in ('retrying', 'failed', 'cancelled') then m.reason end as reason
     from messages m
     join notices n on n.user_id = m.recipient_id
     join academy.users u on u.institution_id = $1 and u.id = m.recipient_id
     order by u.name, u.id`,
    [institutionId, activityId, PURPOSE],
  )
  return rows
}

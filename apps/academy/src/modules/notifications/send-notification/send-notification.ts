/** Staff notify everybody, the students or the teachers; and see what was sent and how many have looked at it. */
import { uuidv7 } from 'cascata'
import { type Locale, type Text, textIn } from '../../../platform/http/endpoint.ts'
import { route } from '../../../platform/http/route.ts'
import type { NotificationTarget } from '../notification.fields.ts'
import { listSent, send } from './send-notification.contract.ts'

const ROLES: Record<NotificationTarget, readonly string[]> = {
  all: ['student', 'teacher'],
  students: ['student'],
  teachers: ['teacher'],
}

export const sendNotification = route('POST /notifications', send, async ({ input, tx, by }) => {
  const id = uuidv7()
  // Staff write in one language, which every reader gets.
  const inBoth = (words: string): Text => ({ en: words, pt: words })
  await tx.query(
    `insert into academy.notifications
       (institution_id, id, category, subject_id, title, description, link, target, timeless, created_by)
     values ($1, $2, 'notice', $2, $3, $4, '/app/notifications', $5, $6, $7)`,
    [
      by.institutionId,
      id,
      JSON.stringify(inBoth(input.title)),
      JSON.stringify(inBoth(input.description)),
      input.target,
      input.timeless,
      by.id,
    ],
  )
  const { rowCount } = await tx.query(
    `insert into academy.notification_recipients (institution_id, user_id, notification_id)
     select institution_id, id, $2 from academy.users where institution_id = $1 and role = any($3)`,
    [by.institutionId, id, ROLES[input.target]],
  )
  return { id, recipients: rowCount }
})

type Row = {
  id: string
  title: Text
  description: Text
  target: NotificationTarget
  timeless: boolean
  created_at: Date
  viewed: number
  recipients: number
}

export const listSentNotifications = route('GET /notifications/sent', listSent, async ({ input, tx, by, locale }) => {
  const { rows } = await tx.query<Row>(
    `with page as (
       select * from academy.notifications
       where institution_id = $1 and target is not null and ($2::uuid is null or id < $2)
       order by id desc limit $3
     )
     select n.id, n.title, n.description, n.target, n.timeless, n.created_at, r.viewed, r.recipients
     from page n
     cross join lateral (
       select count(viewed_at)::int as viewed, count(*)::int as recipients from academy.notification_recipients
       where institution_id = n.institution_id and notification_id = n.id
     ) r
     order by n.id desc`,
    [by.institutionId, input.before ?? null, input.limit + 1],
  )
  const page = rows.slice(0, input.limit)
  return {
    notifications: page.map((row) => sentIn(row, locale)),
    next: rows.length > page.length ? (page.at(-1)?.id ?? null) : null,
  }
})

const sentIn = ({ title, description, created_at, ...row }: Row, locale: Locale) => ({
  ...row,
  title: textIn(title, locale),
  description: textIn(description, locale),
  createdAt: created_at.toISOString(),
})

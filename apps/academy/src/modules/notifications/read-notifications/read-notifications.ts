/** Marking as read. The first time that something was seen is what is kept. */
import { notFound } from '../../../platform/http/refusal.ts'
import { route } from '../../../platform/http/route.ts'
import { unreadCount } from '../unread.queries.ts'
import { readAll, readOne } from './read-notifications.contract.ts'

export const readNotification = route(
  'PUT /notifications/:notificationId/viewed',
  readOne,
  async ({ input, tx, by }) => {
    const { rowCount } = await tx.query(
      `update academy.notification_recipients set viewed_at = coalesce(viewed_at, now())
     where institution_id = $1 and user_id = $2 and notification_id = $3`,
      [by.institutionId, by.id, input.notificationId],
    )
    if (rowCount === 0) {
      return notFound('notification-not-found', {
        en: 'There is no such notification.',
        pt: 'Esta notificação não existe.',
      })
    }
    return { unread: await unreadCount(tx, by.institutionId, by.id) }
  },
)

export const readAllNotifications = route('PUT /notifications/viewed', readAll, async ({ input, tx, by }) => {
  await tx.query(
    `update academy.notification_recipients r set viewed_at = now()
     from academy.notifications n
     where r.institution_id = $1 and r.user_id = $2 and r.viewed_at is null
       and n.institution_id = r.institution_id and n.id = r.notification_id and ($3::text is null or n.link = $3)`,
    [by.institutionId, by.id, input.link ?? null],
  )
  return { unread: await unreadCount(tx, by.institutionId, by.id) }
})

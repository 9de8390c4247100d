/** What other modules may ask of notifications: to tell people something, in the transaction that makes it true. */
import { type Tx, uuidv7 } from 'cascata'
import type { Text } from '../../platform/http/endpoint.ts'
import type { NotificationCategory } from './notification.fields.ts'

export type NewNotification = {
  category: NotificationCategory
  /** What it is about. */
  subjectId: string
  title: Text
  description: Text
  /** A page below /app/. */
  link: string
  /** Figures that pages show; never personal data. */
  details?: Record<string, unknown>
}

/** One notification, one row per recipient, two statements whatever the number. */
export async function notify(
  tx: Tx,
  tenant: string,
  notification: NewNotification,
  userIds: readonly string[],
): Promise<void> {
  await notifyOnce(tx, tenant, uuidv7(), notification, userIds)
}

/**
 * The same outside of a transaction, or again: whoever was notified under this id already is left alone.
 * @param id of the notification: the key of the effect that notifies.
 */
export async function notifyOnce(
  tx: Tx,
  tenant: string,
  id: string,
  notification: NewNotification,
  userIds: readonly string[],
): Promise<void> {
  const { category, subjectId, title, description, link, details = {} } = notification
  await tx.query(
    `insert into academy.notifications (institution_id, id, category, subject_id, title, description, link, details)
     values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing`,
    [
      tenant,
      id,
      category,
      subjectId,
      JSON.stringify(title),
      JSON.stringify(description),
      link,
      JSON.stringify(details),
    ],
  )
  await tx.query(
    `insert into academy.notification_recipients (institution_id, user_id, notification_id)
     select $1, unnest($2::uuid[]), $3 on conflict do nothing`,
    [tenant, userIds, id],
  )
}

import type { Tx } from 'cascata'
import { NOTIFICATION_CATEGORIES } from './notification.fields.ts'

/** Counts what the list shows: nothing of a category that this version does not know. */
export async function unreadCount(tx: Tx, institutionId: string, userId: string): Promise<number> {
  const { rows } = await tx.query<{ unread: number }>(
    `select count(*)::int as unread
     from academy.notification_recipients r
     join academy.notifications n on n.institution_id = r.institution_id and n.id = r.notification_id
     where r.institution_id = $1 and r.user_id = $2 and r.viewed_at is null and n.category = any($3)`,
    [institutionId, userId, NOTIFICATION_CATEGORIES],
  )
  return rows[0]?.unread ?? 0
}

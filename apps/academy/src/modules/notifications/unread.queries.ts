import type { Tx } from 'cascata'

export async function unreadCount(tx: Tx, institutionId: string, userId: string): Promise<number> {
  const { rows } = await tx.query<{ unread: number }>(
    `select count(*)::int as unread from academy.notification_recipients
     where institution_id = $1 and user_id = $2 and viewed_at is null`,
    [institutionId, userId],
  )
  return rows[0]?.unread ?? 0
}

import type { z } from 'zod'
import { type Locale, type Text, textIn } from '../../platform/http/endpoint.ts'
import { NOTIFICATION_CATEGORIES, type notification } from './notification.fields.ts'

export type NotificationRow = {
  id: string
  category: string
  title: Text
  description: Text
  link: string
  created_at: Date
  viewed_at: Date | null
}

/** Columns of a notification `n` as one of its recipients, `r`, has it. */
export const NOTIFICATION_COLUMNS = 'n.id, n.category, n.title, n.description, n.link, n.created_at, r.viewed_at'

/** As its reader sees it, or nothing when this version does not know the category. */
export function notificationIn(row: NotificationRow, locale: Locale): z.output<typeof notification>[] {
  const category = NOTIFICATION_CATEGORIES.find((known) => known === row.category)
  if (!category) return []
  return [
    {
      id: row.id,
      category,
      title: textIn(row.title, locale),
      description: textIn(row.description, locale),
      link: row.link,
      createdAt: new Date(row.created_at).toISOString(),
      viewedAt: row.viewed_at && new Date(row.viewed_at).toISOString(),
    },
  ]
}

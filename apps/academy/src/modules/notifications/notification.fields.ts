/** Vocabulary of in-app notifications. Part of the browser's bundle. */
import { z } from 'zod'
import { id, instant, line, text } from '../../platform/http/fields.ts'

export const NOTIFICATION_CATEGORIES = [
  'new-class-activity',
  'class-activity-emails-sent',
  'class-activity-emails-incomplete',
  'charge-created',
  'charge-paid',
  'charge-refused',
  'note-added',
  'class-results',
  'class-results-sent',
  'class-results-incomplete',
  'notice',
] as const
export type NotificationCategory = (typeof NOTIFICATION_CATEGORIES)[number]

export const NOTIFICATION_TARGETS = ['all', 'students', 'teachers'] as const
export const notificationTarget = z.enum(NOTIFICATION_TARGETS)
export type NotificationTarget = z.output<typeof notificationTarget>

export const NOTICE_TITLE_LENGTH_MAX = 120
export const NOTICE_DESCRIPTION_LENGTH_MAX = 5_000
export const noticeTitle = line(NOTICE_TITLE_LENGTH_MAX)
export const noticeDescription = text(NOTICE_DESCRIPTION_LENGTH_MAX)

export const notification = z.object({
  id,
  category: z.enum(NOTIFICATION_CATEGORIES),
  title: z.string(),
  description: z.string(),
  /** Page that the notice is about, e.g. `/app/activities/<id>`. */
  link: z.string(),
  createdAt: instant,
  viewedAt: instant.nullable(),
})

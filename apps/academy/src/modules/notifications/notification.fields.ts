/** Vocabulary of in-app notifications. Part of the browser's bundle. */
import { z } from 'zod'
import { id, instant } from '../../platform/http/fields.ts'

export const NOTIFICATION_CATEGORIES = [
  'new-class-activity',
  'class-activity-emails-sent',
  'class-activity-emails-incomplete',
  'charge-paid',
] as const

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

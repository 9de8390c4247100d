import { z } from 'zod'
import { endpoint } from '../../../platform/http/endpoint.ts'
import { count, id } from '../../../platform/http/fields.ts'
import { notification } from '../notification.fields.ts'

export const contract = endpoint({
  path: 'GET /notifications',
  roles: ['teacher', 'student', 'staff'],
  tag: 'notifications',
  summary: { en: 'My notifications, newest first', pt: 'Minhas notificações, as mais novas primeiro' },
  query: z.object({
    before: id.optional().meta({ description: 'Continue below this notification: the `next` of the page above' }),
    limit: z.coerce.number().int().min(1).max(100).default(20),
  }),
  response: z.object({
    notifications: z.array(notification),
    next: id.nullable(),
    unread: count,
  }),
})

/** `snapshot` { unread } at once, then `arrived` for each new notification and `unread` whenever the count changes. */
export const stream = endpoint({
  path: 'GET /notifications/stream',
  roles: ['teacher', 'student', 'staff'],
  tag: 'notifications',
  summary: {
    en: 'My notifications, live (server-sent events)',
    pt: 'Minhas notificações, ao vivo (server-sent events)',
  },
  response: z.object({ unread: count }),
  stream: { arrived: notification, unread: z.object({ unread: count }) },
})

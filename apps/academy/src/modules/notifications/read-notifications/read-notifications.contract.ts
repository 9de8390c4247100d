import { z } from 'zod'
import { endpoint } from '../../../platform/http/endpoint.ts'
import { count, id } from '../../../platform/http/fields.ts'

const LINK_LENGTH_MAX = 200

export const readOne = endpoint({
  path: 'PUT /notifications/:notificationId/viewed',
  roles: ['teacher', 'student', 'staff'],
  tag: 'notifications',
  summary: { en: 'Mark one as read (the first time stays)', pt: 'Marcar uma como lida (vale a primeira vez)' },
  params: z.object({ notificationId: id }),
  response: z.object({ unread: count }),
})

export const readAll = endpoint({
  path: 'PUT /notifications/viewed',
  roles: ['teacher', 'student', 'staff'],
  tag: 'notifications',
  summary: {
    en: 'Mark all as read, or those that lead to one page',
    pt: 'Marcar como lidas todas, ou as que levam a uma página',
  },
  query: z.strictObject({
    link: z.string().max(LINK_LENGTH_MAX).optional().meta({ description: 'Only notifications with this link' }),
  }),
  response: z.object({ unread: count }),
})

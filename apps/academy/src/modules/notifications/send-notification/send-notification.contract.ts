import { z } from 'zod'
import { endpoint } from '../../../platform/http/endpoint.ts'
import { count, id, instant } from '../../../platform/http/fields.ts'
import { noticeDescription, noticeTitle, notificationTarget } from '../notification.fields.ts'

export const send = endpoint({
  path: 'POST /notifications',
  roles: ['staff'],
  tag: 'notifications',
  summary: { en: 'Notify everybody, the students or the teachers', pt: 'Notificar todos, os alunos ou os professores' },
  body: z.strictObject({
    title: noticeTitle,
    description: noticeDescription,
    target: notificationTarget,
    timeless: z.boolean().default(false).meta({ description: 'Also for those who come later' }),
  }),
  status: 201,
  response: z.object({ id, recipients: count }),
})

export const listSent = endpoint({
  path: 'GET /notifications/sent',
  roles: ['staff'],
  tag: 'notifications',
  summary: { en: 'What staff have sent, the newest first', pt: 'O que a equipe enviou, o mais novo primeiro' },
  query: z.object({
    before: id.optional().meta({ description: 'Continue below this one: the `next` of the page above' }),
    limit: z.coerce.number().int().min(1).max(100).default(50),
  }),
  response: z.object({
    notifications: z.array(
      z.object({
        id,
        title: z.string(),
        description: z.string(),
        target: notificationTarget,
        timeless: z.boolean(),
        createdAt: instant,
        viewed: count,
        recipients: count,
      }),
    ),
    next: id.nullable(),
  }),
})

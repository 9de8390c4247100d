import { z } from 'zod'
import { endpoint } from '../../../platform/http/endpoint.ts'
import { count, id, instant } from '../../../platform/http/fields.ts'

export const contract = endpoint({
  path: 'GET /teachers',
  roles: ['staff'],
  tag: 'teachers',
  summary: { en: 'Teachers, by name', pt: 'Professores, por nome' },
  query: z.object({
    search: z.string().trim().max(100).optional().meta({ description: 'Words of the name or e-mail' }),
    after: id.optional().meta({ description: 'Continue after this teacher: the `next` of the page before' }),
    limit: z.coerce.number().int().min(1).max(100).default(50),
  }),
  response: z.object({
    teachers: z.array(
      z.object({
        id,
        name: z.string(),
        email: z.string(),
        hasPassword: z.boolean().meta({ description: 'false: has never come' }),
        hasAuthenticator: z.boolean().meta({ description: 'Two-step verification is on' }),
        invitedAt: instant.nullable().meta({ description: 'When the last link for a password went out' }),
        failedEmails: count.meta({ description: 'E-mails to this teacher that failed for good' }),
        classes: count,
      }),
    ),
    total: count,
    neverCame: count.meta({ description: 'Teachers of the institution who have no password' }),
    next: id.nullable(),
  }),
})

import { z } from 'zod'
import { endpoint } from '../../../platform/http/endpoint.ts'
import { count, id, instant } from '../../../platform/http/fields.ts'

const STUDENT_STATUSES = ['enrolled', 'transferred', 'deferred', 'completed'] as const

export const contract = endpoint({
  path: 'GET /students',
  roles: ['staff'],
  tag: 'students',
  summary: { en: 'Students, by name', pt: 'Alunos, por nome' },
  query: z.object({
    search: z.string().trim().max(100).optional().meta({ description: 'Words of the name, e-mail or enrollment code' }),
    failedOnly: z.stringbool().default(false).meta({ description: 'Only those with an e-mail that failed for good' }),
    after: id.optional().meta({ description: 'Continue after this student: the `next` of the page before' }),
    limit: z.coerce.number().int().min(1).max(100).default(50),
  }),
  response: z.object({
    students: z.array(
      z.object({
        id,
        name: z.string(),
        email: z.string(),
        enrollmentCode: z.string(),
        course: z.string().nullable().meta({ description: 'Of the offering by which the student entered' }),
        status: z.enum(STUDENT_STATUSES),
        hasPassword: z.boolean().meta({ description: 'false: has never come' }),
        hasAuthenticator: z.boolean().meta({ description: 'Two-step verification is on' }),
        invitedAt: instant.nullable().meta({ description: 'When the last link for a password went out' }),
        failedEmails: count.meta({ description: 'E-mails to this student that failed for good' }),
      }),
    ),
    total: count,
    neverCame: count.meta({ description: 'Students of the institution who have no password' }),
    next: id.nullable(),
  }),
})

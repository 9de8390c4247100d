import { z } from 'zod'
import { endpoint } from '../../../platform/http/endpoint.ts'
import { count, id } from '../../../platform/http/fields.ts'

export const contract = endpoint({
  path: 'GET /staff',
  roles: ['staff'],
  tag: 'staff',
  summary: { en: 'Staff of the institution, by name', pt: 'Equipe da instituição, por nome' },
  query: z.object({
    search: z.string().trim().max(100).optional().meta({ description: 'Words of the name or e-mail' }),
    after: id.optional().meta({ description: 'Continue after this person: the `next` of the page before' }),
    limit: z.coerce.number().int().min(1).max(100).default(50),
  }),
  response: z.object({
    staff: z.array(
      z.object({
        id,
        name: z.string(),
        email: z.string(),
        hasAuthenticator: z.boolean().meta({ description: 'Two-step verification is on' }),
      }),
    ),
    total: count,
    next: id.nullable(),
    operatorContact: z.string().nullable().meta({
      description: 'Of whoever runs the installation: an e-mail address or an https address; null where none is named',
    }),
  }),
})

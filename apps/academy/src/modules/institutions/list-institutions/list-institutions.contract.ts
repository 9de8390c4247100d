import { z } from 'zod'
import { endpoint } from '../../../platform/http/endpoint.ts'
import { id, instant } from '../../../platform/http/fields.ts'

export const contract = endpoint({
  path: 'GET /institutions',
  roles: ['administrator'],
  tag: 'institutions',
  summary: { en: 'All institutions, by name', pt: 'Todas as instituições, por nome' },
  response: z.object({
    institutions: z.array(
      z.object({ id, name: z.string(), timeZone: z.string(), users: z.int().min(0), createdAt: instant }),
    ),
  }),
})

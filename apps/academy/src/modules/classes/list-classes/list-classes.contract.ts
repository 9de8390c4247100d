import { z } from 'zod'
import { endpoint } from '../../../platform/http/endpoint.ts'
import { count, id } from '../../../platform/http/fields.ts'

export const contract = endpoint({
  path: 'GET /classes',
  roles: ['teacher'],
  tag: 'classes',
  summary: { en: 'My started classes', pt: 'Minhas turmas iniciadas' },
  response: z.object({
    classes: z.array(
      z.object({
        id,
        discipline: z.string(),
        code: z.string(),
        period: z.string(),
        students: count,
        vacancies: count,
        activities: count,
      }),
    ),
  }),
})

import { z } from 'zod'
import { endpoint } from '../../../platform/http/endpoint.ts'
import { id } from '../../../platform/http/fields.ts'
import { activitySummary } from '../class-activity.fields.ts'

/** A student sees those of the classes they are enrolled in, a teacher those of their own classes; by due date, latest first. */
export const contract = endpoint({
  path: 'GET /activities',
  roles: ['teacher', 'student'],
  tag: 'activities',
  summary: { en: 'Activities of my classes', pt: 'Atividades das minhas turmas' },
  response: z.object({
    activities: z.array(
      activitySummary.extend({ class: z.object({ id, discipline: z.string(), period: z.string() }) }),
    ),
    timeZone: z.string(),
  }),
})

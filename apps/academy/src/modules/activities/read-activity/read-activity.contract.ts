import { z } from 'zod'
import { endpoint } from '../../../platform/http/endpoint.ts'
import { id } from '../../../platform/http/fields.ts'
import { activitySummary } from '../class-activity.fields.ts'

export const contract = endpoint({
  path: 'GET /activities/:activityId',
  roles: ['teacher', 'student'],
  tag: 'activities',
  summary: { en: 'One activity', pt: 'Uma atividade' },
  params: z.object({ activityId: id }),
  response: activitySummary.extend({
    description: z.string(),
    class: z.object({ id, discipline: z.string(), code: z.string(), period: z.string() }),
    teacher: z.object({ id, name: z.string() }),
    isFollowed: z.boolean().meta({
      description: 'Whether the delivery of its notices can be followed: its event is in the history',
    }),
    timeZone: z.string().meta({ description: 'Zone of the due date and hour', example: 'America/Sao_Paulo' }),
  }),
})

import { z } from 'zod'
import { endpoint } from '../../../platform/http/endpoint.ts'
import { date, hour, id } from '../../../platform/http/fields.ts'
import { activityType, description, note, title, weight } from '../class-activity.fields.ts'

export const contract = endpoint({
  path: 'POST /activities',
  roles: ['teacher'],
  tag: 'activities',
  summary: { en: 'Publish an activity to a class', pt: 'Publicar uma atividade para uma turma' },
  body: z.strictObject({
    classId: id,
    note,
    title,
    description,
    type: activityType,
    weight,
    dueDate: date,
    dueHour: hour,
  }),
  status: 201,
  response: z.object({
    id,
    workflowId: id.meta({ description: 'The domain event that everything else follows from' }),
  }),
})

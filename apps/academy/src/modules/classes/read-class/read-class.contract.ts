import { z } from 'zod'
import { endpoint } from '../../../platform/http/endpoint.ts'
import { count, date, id } from '../../../platform/http/fields.ts'
import { activitySummary, note, remainingWeights } from '../../activities/class-activity.fields.ts'

const CLASS_STATUSES = ['pre-enrollment', 'enrollment', 'started', 'finalized'] as const

export const contract = endpoint({
  path: 'GET /classes/:classId',
  roles: ['teacher'],
  tag: 'classes',
  summary: { en: 'One of my classes', pt: 'Uma das minhas turmas' },
  params: z.object({ classId: id }),
  response: z.object({
    id,
    discipline: z.string(),
    code: z.string(),
    period: z.object({ id: z.string(), startAt: date, endAt: date }),
    status: z.enum(CLASS_STATUSES),
    vacancies: count,
    timeZone: z.string(),
    today: date.meta({ description: "Today in the institution's zone: the earliest due date" }),
    remainingWeights,
    students: z.array(
      z.object({
        id,
        name: z.string(),
        enrollmentCode: z.string(),
        notes: z.array(z.object({ type: note, note: z.number().min(0).max(10).nullable() })),
        averageNote: z.number().min(0).max(10).nullable().meta({ description: 'Null until all three are graded' }),
      }),
    ),
    activities: z.array(activitySummary),
  }),
})

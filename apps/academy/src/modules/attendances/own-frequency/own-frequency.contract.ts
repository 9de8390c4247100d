import { z } from 'zod'
import { endpoint } from '../../../platform/http/endpoint.ts'
import { count, id, percentage } from '../../../platform/http/fields.ts'
import { studentClassStatus } from '../../classes/class.fields.ts'

export const contract = endpoint({
  path: 'GET /frequency',
  roles: ['student'],
  tag: 'attendances',
  summary: { en: 'My attendance, in all and per class', pt: 'Minha frequência, no total e por turma' },
  response: z.object({
    frequencyLimit: percentage,
    present: count,
    records: count,
    frequency: percentage,
    classes: z.array(
      z.object({
        id,
        discipline: z.string(),
        period: z.string(),
        status: studentClassStatus,
        present: count,
        records: count.meta({ description: 'Lessons of which it is known whether I was there' }),
        lessons: count.meta({ description: 'All lessons of the class' }),
        pendingLessons: count.meta({ description: 'Of which the attendance has not been taken yet' }),
        frequency: percentage,
      }),
    ),
  }),
})

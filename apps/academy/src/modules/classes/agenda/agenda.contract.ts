import { z } from 'zod'
import { endpoint } from '../../../platform/http/endpoint.ts'
import { id } from '../../../platform/http/fields.ts'
import { day, scheduleHour } from '../class.fields.ts'

export const contract = endpoint({
  path: 'GET /agenda',
  roles: ['teacher', 'student'],
  tag: 'classes',
  summary: {
    en: 'My week: the started classes that I teach, or the classes that I am enrolled in',
    pt: 'Minha semana: as turmas iniciadas que leciono ou as turmas em que estou matriculado',
  },
  response: z.object({
    days: z.array(
      z.object({
        day,
        classes: z.array(z.object({ classId: id, discipline: z.string(), startAt: scheduleHour, endAt: scheduleHour })),
      }),
    ),
  }),
})

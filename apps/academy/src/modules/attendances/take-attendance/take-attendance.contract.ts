import { z } from 'zod'
import { endpoint } from '../../../platform/http/endpoint.ts'
import { date, id, instant, percentage, version, versionRead } from '../../../platform/http/fields.ts'

const attendances = z.object({
  lesson: z.object({
    id,
    classId: id,
    number: z.int(),
    date,
    startAt: z.string(),
    endAt: z.string(),
    status: z.enum(['pending', 'finalized']),
    frequency: percentage,
    version,
    taken: z
      .object({ by: z.string(), at: instant })
      .nullable()
      .meta({ description: 'Who saved it last; null as long as it is known of nobody' }),
  }),
  students: z.array(
    z.object({
      id,
      name: z.string(),
      present: z.boolean().nullable().meta({ description: 'Null: not recorded' }),
    }),
  ),
})

export const read = endpoint({
  path: 'GET /lessons/:lessonId/attendances',
  roles: ['teacher'],
  tag: 'attendances',
  summary: {
    en: 'Who was there, of those who were enrolled on the day of the lesson',
    pt: 'Quem estava presente, dos matriculados no dia da aula',
  },
  params: z.object({ lessonId: id }),
  response: attendances,
})

export const take = endpoint({
  path: 'PUT /lessons/:lessonId/attendances',
  roles: ['teacher'],
  tag: 'attendances',
  summary: {
    en: 'Take the attendance: those listed were present, all others absent',
    pt: 'Fazer a chamada: os listados estavam presentes; os outros, ausentes',
  },
  params: z.object({ lessonId: id }),
  body: z.strictObject({ presentStudents: z.array(id).max(2_000), version: versionRead }),
  response: attendances,
})

import { z } from 'zod'
import { endpoint } from '../../../platform/http/endpoint.ts'
import { count, id, percentage } from '../../../platform/http/fields.ts'
import { periodId } from '../../periods/period.fields.ts'
import { schedule, shownClassStatus } from '../class.fields.ts'

/** Teachers: their own, the started ones unless a status is asked for. Staff: all of the institution. */
export const contract = endpoint({
  path: 'GET /classes',
  roles: ['teacher', 'staff'],
  tag: 'classes',
  summary: { en: 'Classes, by subject', pt: 'Turmas, por disciplina' },
  query: z.object({
    status: shownClassStatus.optional(),
    lessonsGiven: z.stringbool().default(false).meta({ description: 'Only those whose lessons were all given' }),
    periodId: periodId.optional(),
    search: z
      .string()
      .trim()
      .max(100)
      .optional()
      .meta({ description: "Words of the discipline's name or code, or of the teacher's name" }),
    after: id.optional().meta({ description: 'Continue after this class: the `next` of the page before' }),
    limit: z.coerce.number().int().min(1).max(200).default(100),
  }),
  response: z.object({
    classes: z.array(
      z.object({
        id,
        discipline: z.string(),
        code: z.string(),
        teacher: z.object({ id, name: z.string() }),
        period: z.string(),
        status: shownClassStatus,
        schedules: z.array(schedule.strip()),
        students: count,
        vacancies: count,
        activities: count,
        lessons: count,
        finalizedLessons: count,
        frequency: percentage.meta({ description: 'Present of recorded, over all lessons' }),
      }),
    ),
    total: count,
    byStatus: z.record(shownClassStatus, count).meta({ description: 'How many there would be with each status' }),
    finalizable: count.meta({ description: 'Started classes whose lessons were all given' }),
    next: id.nullable(),
  }),
})

import { z } from 'zod'
import { endpoint } from '../../../platform/http/endpoint.ts'
import { count, date, id, percentage } from '../../../platform/http/fields.ts'
import { shownClassStatus } from '../../classes/class.fields.ts'

/** The figures of the home page: what they are depends on who asks. */
export const contract = endpoint({
  path: 'GET /insights',
  roles: ['staff', 'teacher', 'student'],
  tag: 'insights',
  summary: { en: 'The figures of my home page', pt: 'Os números da minha página inicial' },
  response: z.discriminatedUnion('role', [
    z.object({
      role: z.literal('staff'),
      campi: count,
      courses: count,
      disciplines: count,
      curricula: count,
      offerings: count,
      classes: count,
      teachers: count,
      students: count,
      notifications: count,
      classesByStatus: z.record(shownClassStatus, count),
      studentsByCourse: z
        .array(z.object({ course: z.string(), students: count }))
        .meta({ description: 'Enrolled students, of the ten largest courses' }),
      underWay: z
        .object({
          seats: count,
          enrollments: count,
          lessons: count,
          finalizedLessons: count,
          lessonsWithoutAttendance: count.meta({ description: 'Over, and attendance was not taken' }),
          oldestWithoutAttendance: z
            .array(z.object({ lessonId: id, classId: id, discipline: z.string(), number: z.int(), date }))
            .meta({ description: 'The five oldest of them' }),
          frequency: percentage,
        })
        .meta({ description: 'Of the started classes together' }),
    }),
    z.object({
      role: z.literal('teacher'),
      classes: count.meta({ description: 'Started' }),
      students: count.meta({ description: 'Distinct, in started classes' }),
      lessons: count,
      finalizedLessons: count,
    }),
    z.object({
      role: z.literal('student'),
      status: z.enum(['enrolled', 'transferred', 'deferred', 'completed']),
      approvedDisciplines: count,
      disciplines: count,
      records: count.meta({ description: 'Lessons of which it is known whether I was there' }),
      frequency: percentage,
      gradedDisciplines: count.meta({ description: 'Those that have an average' }),
      averageNote: z.number().min(0).max(10),
    }),
  ]),
})

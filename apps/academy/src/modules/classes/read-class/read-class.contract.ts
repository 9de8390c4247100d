import { z } from 'zod'
import { endpoint } from '../../../platform/http/endpoint.ts'
import { count, date, id, percentage } from '../../../platform/http/fields.ts'
import { activitySummary, note, remainingWeights } from '../../activities/class-activity.fields.ts'
import { lesson, schedule, shownClassStatus, studentClassStatus } from '../class.fields.ts'

export const contract = endpoint({
  path: 'GET /classes/:classId',
  roles: ['teacher', 'staff'],
  tag: 'classes',
  summary: {
    en: 'A class: one of my own, or for staff any',
    pt: 'Uma turma: uma das minhas ou, para a equipe, qualquer uma',
  },
  params: z.object({ classId: id }),
  response: z.object({
    id,
    discipline: z.string(),
    code: z.string(),
    teacher: z.object({ id, name: z.string() }),
    period: z.object({ id: z.string(), startAt: date, endAt: date }),
    status: shownClassStatus,
    vacancies: count,
    schedules: z.array(schedule.strip()),
    workloadMinutes: count,
    frequency: percentage.meta({ description: "Mean of the students' frequencies" }),
    timeZone: z.string(),
    today: date.meta({
      description: "Today in the institution's zone: the earliest due date, the latest lesson with attendance",
    }),
    remainingWeights,
    students: z.array(
      z.object({
        id,
        name: z.string(),
        enrollmentCode: z.string(),
        status: studentClassStatus,
        notes: z.array(
          z.object({
            type: note,
            note: z.number().min(0).max(10).nullable(),
            version: z.int().meta({ description: 'Sent back with a change' }),
          }),
        ),
        averageNote: z.number().min(0).max(10).nullable().meta({ description: 'Null until all three are graded' }),
        present: count,
        records: count,
        frequency: percentage,
      }),
    ),
    lessons: z.array(lesson),
    activities: z.array(activitySummary),
  }),
})

import { z } from 'zod'
import { endpoint } from '../../../platform/http/endpoint.ts'
import { count, id } from '../../../platform/http/fields.ts'
import { periodId } from '../../periods/period.fields.ts'
import { SCHEDULES_MAX, schedule, vacancies } from '../class.fields.ts'

export const contract = endpoint({
  path: 'POST /classes',
  roles: ['staff'],
  tag: 'classes',
  summary: {
    en: 'Create a class; its lessons follow from its schedules',
    pt: 'Criar uma turma; as aulas seguem dos horários',
  },
  body: z.strictObject({
    disciplineId: id,
    teacherId: id,
    periodId,
    vacancies,
    schedules: z.array(schedule).min(1).max(SCHEDULES_MAX),
    allowTeacherConflict: z
      .boolean()
      .default(false)
      .meta({ description: 'Create it though the teacher gives another class at the same time' }),
  }),
  status: 201,
  response: z.object({ id, lessons: count, workloadMinutes: count }),
})

import { z } from 'zod'
import { endpoint } from '../../../platform/http/endpoint.ts'
import { count, date, id } from '../../../platform/http/fields.ts'
import { CLASSES_MAX, schedule } from '../../classes/class.fields.ts'
import { periodId } from '../../periods/period.fields.ts'
import { HELD_DISCIPLINES } from '../enrollment.fields.ts'

const window = z.object({ periodId, startAt: date, endAt: date })

const enrollment = z.object({
  today: date,
  /** Empty outside of every enrollment period. */
  windows: z.array(window),
  nextWindow: window.nullable().meta({ description: 'The first that has not opened yet' }),
  kept: z
    .array(z.object({ id, discipline: z.string(), schedules: z.array(schedule.strip()) }))
    .meta({ description: 'My other classes in these months, which the choice does not touch: their hours are taken' }),
  classes: z.array(
    z.object({
      id,
      disciplineId: id,
      discipline: z.string(),
      curriculumPeriod: z.int(),
      credits: count,
      workloadHours: count,
      teacher: z.string(),
      periodId,
      schedules: z.array(schedule.strip()),
      vacancies: count,
      enrolled: count,
      isSelected: z.boolean(),
      held: z
        .enum(HELD_DISCIPLINES)
        .nullable()
        .meta({ description: 'Why the discipline cannot be taken: I attend another class of it, or have passed it' }),
    }),
  ),
})

export const read = endpoint({
  path: 'GET /enrollment',
  roles: ['student'],
  tag: 'enrollments',
  summary: { en: 'The classes that I can choose now', pt: 'As turmas que posso escolher agora' },
  response: enrollment,
})

export const choose = endpoint({
  path: 'PUT /enrollment',
  roles: ['student'],
  tag: 'enrollments',
  summary: {
    en: 'Choose classes: replaces what I chose in the open enrollment period',
    pt: 'Escolher turmas: substitui o que escolhi no período de matrícula aberto',
  },
  body: z.strictObject({ classes: z.array(id).max(CLASSES_MAX) }),
  response: enrollment,
})

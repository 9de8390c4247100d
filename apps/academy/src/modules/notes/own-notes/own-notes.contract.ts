import { z } from 'zod'
import { endpoint } from '../../../platform/http/endpoint.ts'
import { id } from '../../../platform/http/fields.ts'
import { note as noteType } from '../../activities/class-activity.fields.ts'
import { studentClassStatus } from '../../classes/class.fields.ts'

const note = z.number().min(0).max(10)

export const contract = endpoint({
  path: 'GET /notes',
  roles: ['student'],
  tag: 'notes',
  summary: {
    en: 'My grades per class, and the average of what I have concluded',
    pt: 'Minhas notas por turma e a média do que concluí',
  },
  response: z.object({
    noteLimit: note,
    overallAverage: note.meta({ description: 'Mean of the averages of concluded disciplines; 0 when there are none' }),
    classes: z.array(
      z.object({
        id,
        discipline: z.string(),
        period: z.string(),
        curriculumPeriod: z.int().nullable().meta({ description: 'Null when it is not of my curriculum' }),
        status: studentClassStatus,
        notes: z.array(z.object({ type: noteType, note: note.nullable() })),
        averageNote: note.nullable(),
      }),
    ),
  }),
})

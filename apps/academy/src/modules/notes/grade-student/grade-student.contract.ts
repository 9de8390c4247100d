import { z } from 'zod'
import { endpoint } from '../../../platform/http/endpoint.ts'
import { id } from '../../../platform/http/fields.ts'
import { note as noteType } from '../../activities/class-activity.fields.ts'

export const contract = endpoint({
  path: 'PUT /classes/:classId/students/:studentId/notes',
  roles: ['teacher'],
  tag: 'notes',
  summary: {
    en: 'Give a student grades; only those listed change',
    pt: 'Lançar notas de um aluno; só as listadas mudam',
  },
  params: z.object({ classId: id, studentId: id }),
  body: z.strictObject({
    notes: z
      .array(
        z.strictObject({
          type: noteType,
          note: z.number().nullable().meta({ description: '0 to 10, two decimals; null takes a grade back' }),
          version: z.int().min(1).meta({ description: 'As it was read' }),
        }),
      )
      .min(1)
      .max(3),
  }),
  response: z.object({
    notes: z.array(z.object({ type: noteType, note: z.number().nullable(), version: z.int() })),
    averageNote: z.number().nullable(),
  }),
})

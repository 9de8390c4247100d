import { z } from 'zod'
import { endpoint } from '../../../platform/http/endpoint.ts'
import { count, id } from '../../../platform/http/fields.ts'
import { classIds } from '../class.fields.ts'

const body = z.strictObject({ classes: classIds })

/** Each of these is done to all of the classes or, when one cannot, to none. */
export const release = endpoint({
  path: 'PUT /classes/release-for-enrollment',
  roles: ['staff'],
  tag: 'classes',
  summary: { en: 'Let students choose these classes', pt: 'Liberar estas turmas para matrícula' },
  body,
  response: z.object({ classes: count }),
})

export const start = endpoint({
  path: 'PUT /classes/start',
  roles: ['staff'],
  tag: 'classes',
  summary: { en: 'Start these classes', pt: 'Iniciar estas turmas' },
  body,
  response: z.object({ classes: count }),
})

export const finalize = endpoint({
  path: 'PUT /classes/finalize',
  roles: ['staff'],
  tag: 'classes',
  summary: {
    en: 'Finalize these classes: results stand, and students are told',
    pt: 'Finalizar estas turmas: os resultados passam a valer e os alunos são avisados',
  },
  body: z.strictObject({
    classes: classIds,
    missingNotes: z
      .enum(['refuse', 'zero'])
      .default('refuse')
      .meta({ description: '`zero`: grades that were not given count as 0' }),
  }),
  response: z.object({
    classes: count,
    finalizationId: id,
    workflowId: id.meta({ description: 'The domain event from which the result notices follow' }),
  }),
})

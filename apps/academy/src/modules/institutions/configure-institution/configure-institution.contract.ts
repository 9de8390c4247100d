import { z } from 'zod'
import { endpoint } from '../../../platform/http/endpoint.ts'
import { percentage, version, versionRead } from '../../../platform/http/fields.ts'
import { ROUNDINGS } from '../../classes/class.fields.ts'

const rules = z.object({
  noteLimit: z.number().min(0).max(10).multipleOf(0.01).meta({ description: 'Averages below it fail' }),
  frequencyLimit: percentage.multipleOf(0.01).meta({ description: 'Frequencies below it fail' }),
  resultOrder: z
    .enum(['frequency-first', 'note-first'])
    .meta({ description: 'What a result says when both are too low' }),
  rounding: z.enum(ROUNDINGS).meta({ description: 'Of a mean exactly between two hundredths: to the even one, or up' }),
})

const shown = rules.extend({ version })

/** Results that stand keep the rule by which they were decided. */
export const read = endpoint({
  path: 'GET /result-rules',
  roles: ['staff'],
  tag: 'institutions',
  summary: { en: 'By what results are decided', pt: 'Como os resultados são decididos' },
  response: shown,
})

export const change = endpoint({
  path: 'PUT /result-rules',
  roles: ['staff'],
  tag: 'institutions',
  summary: { en: 'Change by what results are decided', pt: 'Mudar como os resultados são decididos' },
  // Without a rounding it stays what it is.
  body: z.strictObject({ ...rules.shape, rounding: rules.shape.rounding.optional(), version: versionRead }),
  response: shown,
})

import { z } from 'zod'
import { endpoint } from '../../../platform/http/endpoint.ts'
import { count, date, version, versionRead } from '../../../platform/http/fields.ts'
import { periodId, periodIdTyped } from '../period.fields.ts'

const academicPeriod = z.object({ id: periodId, startAt: date, endAt: date, version })

export const list = endpoint({
  path: 'GET /academic-periods',
  roles: ['staff'],
  tag: 'periods',
  summary: { en: 'Academic periods, the latest first', pt: 'Períodos acadêmicos, o mais recente primeiro' },
  response: z.object({
    academicPeriods: z.array(
      academicPeriod.extend({ classes: count.meta({ description: 'Dates of a period with classes stay' }) }),
    ),
  }),
})

export const create = endpoint({
  path: 'POST /academic-periods',
  roles: ['staff'],
  tag: 'periods',
  summary: { en: 'Create an academic period', pt: 'Cadastrar um período acadêmico' },
  body: z.strictObject({ id: periodIdTyped, startAt: date, endAt: date }),
  status: 201,
  response: academicPeriod,
})

export const edit = endpoint({
  path: 'PUT /academic-periods/:periodId',
  roles: ['staff'],
  tag: 'periods',
  summary: {
    en: 'Change the dates of an academic period that has no classes yet',
    pt: 'Mudar as datas de um período acadêmico ainda sem turmas',
  },
  params: z.object({ periodId }),
  body: z.strictObject({ startAt: date, endAt: date, version: versionRead }),
  response: academicPeriod,
})

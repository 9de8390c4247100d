import { z } from 'zod'
import { endpoint } from '../../../platform/http/endpoint.ts'
import { date, version, versionRead } from '../../../platform/http/fields.ts'
import { enrollmentPeriodStatus, periodId } from '../period.fields.ts'

const enrollmentPeriod = z.object({
  id: periodId,
  startAt: date,
  endAt: date,
  status: enrollmentPeriodStatus,
  version,
})

export const list = endpoint({
  path: 'GET /enrollment-periods',
  roles: ['staff'],
  tag: 'periods',
  summary: { en: 'Enrollment periods, the latest first', pt: 'Períodos de matrícula, o mais recente primeiro' },
  response: z.object({ today: date, enrollmentPeriods: z.array(enrollmentPeriod) }),
})

export const create = endpoint({
  path: 'POST /enrollment-periods',
  roles: ['staff'],
  tag: 'periods',
  summary: {
    en: 'Create the enrollment period of an academic period',
    pt: 'Cadastrar o período de matrícula de um período acadêmico',
  },
  body: z.strictObject({ id: periodId, startAt: date, endAt: date }),
  status: 201,
  response: enrollmentPeriod,
})

export const edit = endpoint({
  path: 'PUT /enrollment-periods/:periodId',
  roles: ['staff'],
  tag: 'periods',
  summary: { en: 'Change the dates of an enrollment period', pt: 'Mudar as datas de um período de matrícula' },
  params: z.object({ periodId }),
  body: z.strictObject({ startAt: date, endAt: date, version: versionRead }),
  response: enrollmentPeriod,
})

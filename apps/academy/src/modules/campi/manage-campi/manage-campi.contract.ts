import { z } from 'zod'
import { endpoint } from '../../../platform/http/endpoint.ts'
import { id, version, versionRead } from '../../../platform/http/fields.ts'
import { campusName, city } from '../campus.fields.ts'

const campus = z.object({ id, name: z.string(), city: z.string(), version })
const body = z.strictObject({ name: campusName, city })

export const list = endpoint({
  path: 'GET /campi',
  roles: ['staff'],
  tag: 'campi',
  summary: { en: 'Campi, by name', pt: 'Campi, por nome' },
  response: z.object({ campi: z.array(campus) }),
})

export const create = endpoint({
  path: 'POST /campi',
  roles: ['staff'],
  tag: 'campi',
  summary: { en: 'Create a campus', pt: 'Cadastrar um campus' },
  body,
  status: 201,
  response: campus,
})

export const edit = endpoint({
  path: 'PUT /campi/:campusId',
  roles: ['staff'],
  tag: 'campi',
  summary: { en: 'Edit a campus', pt: 'Editar um campus' },
  params: z.object({ campusId: id }),
  body: body.extend({ version: versionRead }),
  response: campus,
})

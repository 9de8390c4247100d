import { z } from 'zod'
import { endpoint } from '../../../platform/http/endpoint.ts'
import { id } from '../../../platform/http/fields.ts'
import { demoSize } from '../../institutions/institution.fields.ts'

/** The answer sets the session cookie. */
export const contract = endpoint({
  path: 'POST /demo-institutions',
  roles: [],
  tag: 'demo-institutions',
  summary: {
    en: 'Explore with demonstration data: an institution is made, and you are in',
    pt: 'Explorar com dados de demonstração: uma instituição é criada, e você entra',
  },
  body: z.strictObject({ demoData: demoSize.default('S') }),
  status: 201,
  response: z.object({ institutionId: id, name: z.string() }),
})

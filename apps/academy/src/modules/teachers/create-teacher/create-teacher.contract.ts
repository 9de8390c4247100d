import { z } from 'zod'
import { endpoint } from '../../../platform/http/endpoint.ts'
import { email, id, personName } from '../../../platform/http/fields.ts'

/** The teacher is e-mailed a link to choose a password. */
export const contract = endpoint({
  path: 'POST /teachers',
  roles: ['staff'],
  tag: 'teachers',
  summary: {
    en: 'Create a teacher, who is invited by e-mail',
    pt: 'Cadastrar um professor, que recebe um convite por e-mail',
  },
  body: z.strictObject({ name: personName, email }),
  status: 201,
  response: z.object({ id, name: z.string(), email: z.string() }),
})

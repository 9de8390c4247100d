import { z } from 'zod'
import { endpoint } from '../../../platform/http/endpoint.ts'
import { email, id, personName } from '../../../platform/http/fields.ts'

/** The student is e-mailed a welcome with a link to choose a password. */
export const contract = endpoint({
  path: 'POST /students',
  roles: ['staff'],
  tag: 'students',
  summary: {
    en: 'Create a student, who is welcomed by e-mail',
    pt: 'Cadastrar um aluno, que recebe as boas-vindas por e-mail',
  },
  body: z.strictObject({ name: personName, email, courseOfferingId: id }),
  status: 201,
  response: z.object({ id, name: z.string(), email: z.string(), enrollmentCode: z.string() }),
})

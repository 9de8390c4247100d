import { z } from 'zod'
import { endpoint } from '../../../platform/http/endpoint.ts'
import { id, version, versionRead } from '../../../platform/http/fields.ts'
import { disciplineName } from '../discipline.fields.ts'

const discipline = z.object({
  id,
  name: z.string(),
  code: z.string(),
  courses: z.array(z.object({ id, name: z.string() })),
  version,
})

export const list = endpoint({
  path: 'GET /disciplines',
  roles: ['staff'],
  tag: 'disciplines',
  summary: { en: 'Subjects, by name', pt: 'Disciplinas, por nome' },
  query: z.object({ courseId: id.optional().meta({ description: 'Only those of this course' }) }),
  response: z.object({ disciplines: z.array(discipline) }),
})

const body = z.strictObject({
  name: disciplineName,
  courses: z.array(id).max(100).default([]).meta({ description: 'The courses that it belongs to' }),
})

export const create = endpoint({
  path: 'POST /disciplines',
  roles: ['staff'],
  tag: 'disciplines',
  summary: { en: 'Create a subject', pt: 'Cadastrar uma disciplina' },
  body,
  status: 201,
  response: discipline,
})

/** A discipline stays in the courses that it has: what curricula rely on is not taken away. */
export const edit = endpoint({
  path: 'PUT /disciplines/:disciplineId',
  roles: ['staff'],
  tag: 'disciplines',
  summary: {
    en: 'Rename a subject, and add it to further courses',
    pt: 'Renomear uma disciplina e incluí-la em outros cursos',
  },
  params: z.object({ disciplineId: id }),
  body: body.extend({ version: versionRead }),
  response: discipline,
})

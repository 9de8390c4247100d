import { z } from 'zod'
import { endpoint } from '../../../platform/http/endpoint.ts'
import { count, id, version, versionRead } from '../../../platform/http/fields.ts'
import { curriculumDiscipline, curriculumName, DISCIPLINES_MAX } from '../course-curriculum.fields.ts'

const summary = z.object({
  id,
  name: z.string(),
  course: z.object({ id, name: z.string() }),
  periods: count,
  disciplines: count,
  credits: count,
  workloadHours: count,
  version,
})

export const list = endpoint({
  path: 'GET /curricula',
  roles: ['staff'],
  tag: 'curricula',
  summary: { en: 'Curricula, by course and name', pt: 'Grades curriculares, por curso e nome' },
  query: z.object({ courseId: id.optional() }),
  response: z.object({ curricula: z.array(summary) }),
})

export const read = endpoint({
  path: 'GET /curricula/:curriculumId',
  roles: ['staff'],
  tag: 'curricula',
  summary: { en: 'A curriculum with its subjects', pt: 'Uma grade curricular com as disciplinas' },
  params: z.object({ curriculumId: id }),
  response: summary.extend({
    content: z.array(curriculumDiscipline.extend({ name: z.string(), code: z.string() }).strip()),
    students: count.meta({ description: 'The disciplines of a curriculum with students stay' }),
  }),
})

const disciplines = z.array(curriculumDiscipline).min(1, 'invalid-disciplines-list').max(DISCIPLINES_MAX)

export const create = endpoint({
  path: 'POST /curricula',
  roles: ['staff'],
  tag: 'curricula',
  summary: { en: 'Create a curriculum of a course', pt: 'Cadastrar uma grade curricular de um curso' },
  body: z.strictObject({
    name: curriculumName,
    courseId: id,
    disciplines,
  }),
  status: 201,
  response: z.object({ id }),
})

export const edit = endpoint({
  path: 'PUT /curricula/:curriculumId',
  roles: ['staff'],
  tag: 'curricula',
  summary: {
    en: 'Rename a curriculum, and change its subjects while it has no students',
    pt: 'Renomear uma grade curricular, e mudar as disciplinas enquanto não tem alunos',
  },
  params: z.object({ curriculumId: id }),
  body: z.strictObject({
    name: curriculumName,
    disciplines: disciplines.optional().meta({ description: 'Absent: they stay as they are' }),
    version: versionRead,
  }),
  response: z.object({ id }),
})

import { z } from 'zod'
import { endpoint } from '../../../platform/http/endpoint.ts'
import { count, id, version, versionRead } from '../../../platform/http/fields.ts'
import { disciplineName } from '../../disciplines/discipline.fields.ts'
import { courseName, courseType } from '../course.fields.ts'

const course = z.object({ id, name: z.string(), type: courseType, version })

export const list = endpoint({
  path: 'GET /courses',
  roles: ['staff'],
  tag: 'courses',
  summary: {
    en: 'Courses, by name, with how many subjects each has and its curricula',
    pt: 'Cursos, por nome, com o número de disciplinas e as grades de cada um',
  },
  response: z.object({
    courses: z.array(course.extend({ disciplines: count, curricula: z.array(z.object({ id, name: z.string() })) })),
  }),
})

export const create = endpoint({
  path: 'POST /courses',
  roles: ['staff'],
  tag: 'courses',
  summary: {
    en: 'Create a course, and its subjects with it',
    pt: 'Cadastrar um curso, e junto as suas disciplinas',
  },
  body: z.strictObject({
    name: courseName,
    type: courseType,
    disciplines: z.array(disciplineName).max(500).default([]).meta({ description: 'Names of disciplines to create' }),
  }),
  status: 201,
  response: course.extend({ disciplines: z.array(z.object({ id, name: z.string(), code: z.string() })) }),
})

export const edit = endpoint({
  path: 'PUT /courses/:courseId',
  roles: ['staff'],
  tag: 'courses',
  summary: { en: 'Edit a course', pt: 'Editar um curso' },
  params: z.object({ courseId: id }),
  body: z.strictObject({ name: courseName, type: courseType, version: versionRead }),
  response: course,
})

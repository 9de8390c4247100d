/** Staff say which courses there are. Two of the same name would be taken for one. */
import { save, type Tx } from 'cascata'
import { unlessStale, unlessTaken } from '../../../platform/database/saving.ts'
import { badIds, isRefusal, notFound, refuse, refuseItems } from '../../../platform/http/refusal.ts'
import { route } from '../../../platform/http/route.ts'
import { createDisciplines } from '../../disciplines/disciplines.queries.ts'
import type { CourseType } from '../course.fields.ts'
import { Course } from '../course.ts'
import { create, edit, list } from './manage-courses.contract.ts'

export const listCourses = route('GET /courses', list, async ({ tx, by }) => {
  const { rows } = await tx.query<{
    id: string
    name: string
    type: CourseType
    version: number
    disciplines: number
    curricula: { id: string; name: string }[]
  }>(
    `select c.id, c.name, c.type, c.version,
       (select count(*)::int from academy.course_disciplines d
        where d.institution_id = c.institution_id and d.course_id = c.id) as disciplines,
       coalesce((select json_agg(json_build_object('id', u.id, 'name', u.name) order by u.name, u.id)
         from academy.course_curricula u where u.institution_id = c.institution_id and u.course_id = c.id), '[]') as curricula
     from academy.courses c where c.institution_id = $1 order by c.name, c.id`,
    [by.institutionId],
  )
  return { courses: rows }
})

export const createCourse = route('POST /courses', create, async ({ input, tx, by }) => {
  const repeated = refuse('invalid-disciplines-list', {
    message: { en: 'This subject is listed twice.', pt: 'Esta disciplina está repetida.' },
  })
  const twice = badIds(input.disciplines, new Set(input.disciplines), { unknown: repeated, repeated })
  const refusal = refuseItems('disciplines', twice)
  if (refusal) return refusal
  const course = Course.create(input, by.institutionId)
  const taken = await saved(tx, course, by.id)
  if (taken) return taken
  const disciplines = await createDisciplines(tx, by.institutionId, input.disciplines, [course.id])
  return { id: course.id, name: input.name, type: input.type, version: 1, disciplines }
})

export const editCourse = route('PUT /courses/:courseId', edit, async ({ input, tx, by }) => {
  const { rows } = await tx.query<{ id: string; name: string; type: CourseType; version: number }>(
    'select id, name, type, version from academy.courses where institution_id = $1 and id = $2 for no key update',
    [by.institutionId, input.courseId],
  )
  const [row] = rows
  if (!row) return notFound('course-not-found', { en: 'There is no such course.', pt: 'Este curso não existe.' })
  const stale = unlessStale(input.version, row.version)
  if (stale) return stale
  const course = new Course(by.institutionId, row.id, row, row.version)
  course.change(input)
  const taken = await saved(tx, course, by.id)
  return taken ?? { id: course.id, name: input.name, type: input.type, version: row.version + 1 }
})

async function saved(tx: Tx, course: Course, actor: string) {
  const taken = refuse('course-already-exists', {
    because: 'conflict',
    field: 'name',
    message: { en: 'There is a course of this name.', pt: 'Já existe um curso com este nome.' },
  })
  const result = await unlessTaken(() => save(tx, course, { actor }), taken)
  return isRefusal(result) ? result : undefined
}

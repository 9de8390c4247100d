/** Staff say which disciplines there are and in which courses. */
import { save, type Tx } from 'cascata'
import { existing } from '../../../platform/database/existing.ts'
import { unlessStale } from '../../../platform/database/saving.ts'
import { badIds, notFound, refuse, refuseItems } from '../../../platform/http/refusal.ts'
import { type Actor, route } from '../../../platform/http/route.ts'
import { Discipline } from '../discipline.ts'
import { addToCourses, createDisciplines } from '../disciplines.queries.ts'
import { create, edit, list } from './manage-disciplines.contract.ts'

export const listDisciplines = route('GET /disciplines', list, async ({ input, tx, by }) => ({
  disciplines: await disciplinesOf(tx, by.institutionId, { courseId: input.courseId }),
}))

export const createDiscipline = route('POST /disciplines', create, async ({ input, tx, by }) => {
  const refusal = await coursesRefusal(tx, by, input.courses)
  if (refusal) return refusal
  const [made] = await createDisciplines(tx, by.institutionId, [input.name], input.courses)
  return one(tx, by.institutionId, made?.id ?? '')
})

export const editDiscipline = route('PUT /disciplines/:disciplineId', edit, async ({ input, tx, by }) => {
  const { rows } = await tx.query<{ id: string; name: string; code: string; version: number }>(
    'select id, name, code, version from academy.disciplines where institution_id = $1 and id = $2 for no key update',
    [by.institutionId, input.disciplineId],
  )
  const [row] = rows
  if (!row) {
    return notFound('discipline-not-found', { en: 'There is no such subject.', pt: 'Esta disciplina não existe.' })
  }
  const refusal = unlessStale(input.version, row.version) ?? (await coursesRefusal(tx, by, input.courses))
  if (refusal) return refusal
  const discipline = new Discipline(by.institutionId, row.id, row, row.version)
  discipline.rename(input.name)
  await save(tx, discipline, { actor: by.id })
  await addToCourses(tx, by.institutionId, [row.id], input.courses)
  return one(tx, by.institutionId, row.id)
})

async function coursesRefusal(tx: Tx, by: Actor, courseIds: readonly string[]) {
  const known = await existing(tx, by.institutionId, 'courses', courseIds)
  const bad = badIds(courseIds, known, {
    unknown: notFound('course-not-found', { en: 'There is no such course.', pt: 'Este curso não existe.' }),
    repeated: refuse('invalid-courses-list', {
      message: { en: 'This course is listed twice.', pt: 'Este curso está repetido.' },
    }),
  })
  return refuseItems('courses', bad)
}

type Row = { id: string; name: string; code: string; version: number; courses: { id: string; name: string }[] }

async function disciplinesOf(
  tx: Tx,
  institutionId: string,
  { courseId, id }: { courseId?: string | undefined; id?: string },
): Promise<Row[]> {
  const { rows } = await tx.query<Row>(
    `select d.id, d.name, d.code, d.version,
       coalesce((select json_agg(json_build_object('id', c.id, 'name', c.name) order by c.name, c.id)
         from academy.course_disciplines l
         join academy.courses c on c.institution_id = l.institution_id and c.id = l.course_id
         where l.institution_id = d.institution_id and l.discipline_id = d.id), '[]') as courses
     from academy.disciplines d
     where d.institution_id = $1 and ($2::uuid is null or d.id = $2) and ($3::uuid is null or exists (
       select from academy.course_disciplines l
       where l.institution_id = d.institution_id and l.discipline_id = d.id and l.course_id = $3))
     order by d.name, d.id`,
    [institutionId, id ?? null, courseId ?? null],
  )
  return rows
}

async function one(tx: Tx, institutionId: string, id: string): Promise<Row> {
  const [row] = await disciplinesOf(tx, institutionId, { id })
  if (!row) throw new Error(`The discipline ${id} was just saved.`)
  return row
}

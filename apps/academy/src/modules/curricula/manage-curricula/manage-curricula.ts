/** Staff say what a course consists of. */
import type { Tx } from 'cascata'
import { existing } from '../../../platform/database/existing.ts'
import { unlessTaken } from '../../../platform/database/saving.ts'
import { isRefusal, notFound, refuse } from '../../../platform/http/refusal.ts'
import { route } from '../../../platform/http/route.ts'
import { CourseCurriculum } from '../course-curriculum.ts'
import { saveCurriculum } from '../curricula.queries.ts'
import { create, list, read } from './manage-curricula.contract.ts'

export const listCurricula = route('GET /curricula', list, async ({ input, tx, by }) => ({
  curricula: await curriculaOf(tx, by.institutionId, { courseId: input.courseId }),
}))

export const readCurriculum = route('GET /curricula/:curriculumId', read, async ({ input, tx, by }) => {
  const [curriculum] = await curriculaOf(tx, by.institutionId, { id: input.curriculumId })
  if (!curriculum) {
    return notFound('course-curriculum-not-found', {
      en: 'There is no such curriculum.',
      pt: 'Esta grade não existe.',
    })
  }
  const { rows } = await tx.query<{
    id: string
    name: string
    code: string
    period: number
    credits: number
    workloadHours: number
  }>(
    `select d.id, d.name, d.code, l.period, l.credits, l.workload_hours as "workloadHours"
     from academy.curriculum_disciplines l
     join academy.disciplines d on d.institution_id = l.institution_id and d.id = l.discipline_id
     where l.institution_id = $1 and l.curriculum_id = $2
     order by l.period, d.name, d.id`,
    [by.institutionId, curriculum.id],
  )
  return { ...curriculum, content: rows }
})

export const createCurriculum = route('POST /curricula', create, async ({ input, tx, by }) => {
  if ((await existing(tx, by.institutionId, 'courses', [input.courseId])).size === 0) {
    return notFound('course-not-found', { en: 'There is no such course.', pt: 'Este curso não existe.' }, 'courseId')
  }
  const { rows } = await tx.query<{ id: string }>(
    'select discipline_id as id from academy.course_disciplines where institution_id = $1 and course_id = $2',
    [by.institutionId, input.courseId],
  )
  const curriculum = CourseCurriculum.create(input, new Set(rows.map(({ id }) => id)), by.institutionId)
  if (isRefusal(curriculum)) return curriculum
  const taken = await unlessTaken(
    () => saveCurriculum(tx, curriculum, by.id),
    refuse('course-curriculum-already-exists', {
      because: 'conflict',
      field: 'name',
      message: { en: 'The course has a curriculum of this name.', pt: 'O curso já tem uma grade com este nome.' },
    }),
  )
  return isRefusal(taken) ? taken : { id: curriculum.id }
})

type Row = {
  id: string
  name: string
  course: { id: string; name: string }
  periods: number
  disciplines: number
  credits: number
  workloadHours: number
}

async function curriculaOf(
  tx: Tx,
  institutionId: string,
  { courseId, id }: { courseId?: string | undefined; id?: string },
): Promise<Row[]> {
  const { rows } = await tx.query<Row>(
    `select u.id, u.name, json_build_object('id', c.id, 'name', c.name) as course, coalesce(max(l.period), 0) as periods,
       count(l.discipline_id)::int as disciplines, coalesce(sum(l.credits), 0)::int as credits,
       coalesce(sum(l.workload_hours), 0)::int as "workloadHours"
     from academy.course_curricula u
     join academy.courses c on c.institution_id = u.institution_id and c.id = u.course_id
     left join academy.curriculum_disciplines l on l.institution_id = u.institution_id and l.curriculum_id = u.id
     where u.institution_id = $1 and ($2::uuid is null or u.id = $2) and ($3::uuid is null or u.course_id = $3)
     group by u.id, u.name, c.id, c.name
     order by c.name, u.name, u.id`,
    [institutionId, id ?? null, courseId ?? null],
  )
  return rows
}

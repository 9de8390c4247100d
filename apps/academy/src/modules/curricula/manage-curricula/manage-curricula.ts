/** Staff say what a course consists of. */
import { save, type Tx } from 'cascata'
import { existing } from '../../../platform/database/existing.ts'
import { unlessStale, unlessTaken } from '../../../platform/database/saving.ts'
import { isRefusal, notFound, refuse } from '../../../platform/http/refusal.ts'
import { route } from '../../../platform/http/route.ts'
import { CourseCurriculum } from '../course-curriculum.ts'
import { saveCurriculum, saveDisciplines } from '../curricula.queries.ts'
import { create, edit, list, read } from './manage-curricula.contract.ts'

const NOT_FOUND = notFound('course-curriculum-not-found', {
  en: 'There is no such curriculum.',
  pt: 'Esta grade não existe.',
})

const NAME_TAKEN = refuse('course-curriculum-already-exists', {
  because: 'conflict',
  field: 'name',
  message: { en: 'The course has a curriculum of this name.', pt: 'O curso já tem uma grade com este nome.' },
})

export const listCurricula = route('GET /curricula', list, async ({ input, tx, by }) => ({
  curricula: await curriculaOf(tx, by.institutionId, { courseId: input.courseId }),
}))

export const readCurriculum = route('GET /curricula/:curriculumId', read, async ({ input, tx, by }) => {
  const [curriculum] = await curriculaOf(tx, by.institutionId, { id: input.curriculumId })
  if (!curriculum) {
    return NOT_FOUND
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
  return { ...curriculum, content: rows, students: await studentsOf(tx, by.institutionId, curriculum.id) }
})

export const createCurriculum = route('POST /curricula', create, async ({ input, tx, by }) => {
  if ((await existing(tx, by.institutionId, 'courses', [input.courseId])).size === 0) {
    return notFound('course-not-found', { en: 'There is no such course.', pt: 'Este curso não existe.' }, 'courseId')
  }
  const curriculum = CourseCurriculum.create(
    input,
    await disciplinesOfCourse(tx, by.institutionId, input.courseId),
    by.institutionId,
  )
  if (isRefusal(curriculum)) return curriculum
  const taken = await unlessTaken(() => saveCurriculum(tx, curriculum, by.id), NAME_TAKEN)
  return isRefusal(taken) ? taken : { id: curriculum.id }
})

export const editCurriculum = route('PUT /curricula/:curriculumId', edit, async ({ input, tx, by }) => {
  const { rows } = await tx.query<{ id: string; name: string; courseId: string; version: number }>(
    `select id, name, course_id as "courseId", version from academy.course_curricula
     where institution_id = $1 and id = $2 for update`,
    [by.institutionId, input.curriculumId],
  )
  const [row] = rows
  if (!row) return NOT_FOUND
  const stale = unlessStale(input.version, row.version)
  if (stale) return stale
  const curriculum = new CourseCurriculum(by.institutionId, row.id, { ...row, disciplines: [] }, row.version)
  curriculum.rename(input.name)
  if (input.disciplines) {
    // A student who is being created holds the row of their offering, so none appears between this look and the commit.
    await tx.query(
      'select 1 from academy.course_offerings where institution_id = $1 and curriculum_id = $2 order by id for update',
      [by.institutionId, row.id],
    )
    const refusal = curriculum.changeDisciplines(
      input.disciplines,
      await disciplinesOfCourse(tx, by.institutionId, row.courseId),
      (await studentsOf(tx, by.institutionId, row.id)) > 0,
    )
    if (refusal) return refusal
  }
  const taken = await unlessTaken(() => save(tx, curriculum, { actor: by.id }), NAME_TAKEN)
  if (isRefusal(taken)) return taken
  if (input.disciplines) {
    await tx.query('delete from academy.curriculum_disciplines where institution_id = $1 and curriculum_id = $2', [
      by.institutionId,
      row.id,
    ])
    await saveDisciplines(tx, curriculum)
  }
  return { id: curriculum.id }
})

async function disciplinesOfCourse(tx: Tx, institutionId: string, courseId: string): Promise<Set<string>> {
  const { rows } = await tx.query<{ id: string }>(
    'select discipline_id as id from academy.course_disciplines where institution_id = $1 and course_id = $2',
    [institutionId, courseId],
  )
  return new Set(rows.map(({ id }) => id))
}

async function studentsOf(tx: Tx, institutionId: string, curriculumId: string): Promise<number> {
  const { rows } = await tx.query<{ students: number }>(
    `select count(*)::int as students from academy.students s
     join academy.course_offerings o on o.institution_id = s.institution_id and o.id = s.course_offering_id
     where o.institution_id = $1 and o.curriculum_id = $2`,
    [institutionId, curriculumId],
  )
  return rows[0]?.students ?? 0
}

type Row = {
  id: string
  name: string
  course: { id: string; name: string }
  periods: number
  disciplines: number
  credits: number
  workloadHours: number
  version: number
}

async function curriculaOf(
  tx: Tx,
  institutionId: string,
  { courseId, id }: { courseId?: string | undefined; id?: string },
): Promise<Row[]> {
  const { rows } = await tx.query<Row>(
    `select u.id, u.name, u.version, json_build_object('id', c.id, 'name', c.name) as course, coalesce(max(l.period), 0) as periods,
       count(l.discipline_id)::int as disciplines, coalesce(sum(l.credits), 0)::int as credits,
       coalesce(sum(l.workload_hours), 0)::int as "workloadHours"
     from academy.course_curricula u
     join academy.courses c on c.institution_id = u.institution_id and c.id = u.course_id
     left join academy.curriculum_disciplines l on l.institution_id = u.institution_id and l.curriculum_id = u.id
     where u.institution_id = $1 and ($2::uuid is null or u.id = $2) and ($3::uuid is null or u.course_id = $3)
     group by u.id, u.name, u.version, c.id, c.name
     order by c.name, u.name, u.id`,
    [institutionId, id ?? null, courseId ?? null],
  )
  return rows
}

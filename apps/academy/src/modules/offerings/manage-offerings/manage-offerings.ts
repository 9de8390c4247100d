/** Staff offer courses: where, with which curriculum, from when on. */
import { save, type Tx } from 'cascata'
import { existing } from '../../../platform/database/existing.ts'
import { unlessStale, unlessTaken } from '../../../platform/database/saving.ts'
import { isRefusal, notFound, refuse } from '../../../platform/http/refusal.ts'
import { route } from '../../../platform/http/route.ts'
import type { Shift } from '../course-offering.fields.ts'
import { CourseOffering, type NewCourseOffering, type OfferingParts } from '../course-offering.ts'
import { create, edit, list } from './manage-offerings.contract.ts'

type Named = { id: string; name: string }

const TAKEN = refuse('course-offering-already-exists', {
  because: 'conflict',
  message: { en: 'This offering exists already.', pt: 'Esta oferta já existe.' },
})

export const listOfferings = route('GET /offerings', list, async ({ tx, by }) => {
  const { rows } = await tx.query<{
    id: string
    campus: Named
    course: Named
    curriculum: Named
    periodId: string
    shift: Shift
    students: number
    version: number
  }>(
    `select o.id, json_build_object('id', a.id, 'name', a.name) as campus,
       json_build_object('id', c.id, 'name', c.name) as course,
       json_build_object('id', u.id, 'name', u.name) as curriculum, o.period_id as "periodId", o.shift, o.version,
       (select count(*)::int from academy.students s
        where s.institution_id = o.institution_id and s.course_offering_id = o.id) as students
     from academy.course_offerings o
     join academy.campi a on a.institution_id = o.institution_id and a.id = o.campus_id
     join academy.courses c on c.institution_id = o.institution_id and c.id = o.course_id
     join academy.course_curricula u on u.institution_id = o.institution_id and u.id = o.curriculum_id
     where o.institution_id = $1
     order by o.period_id desc, c.name, a.name, o.shift, o.id`,
    [by.institutionId],
  )
  return { offerings: rows }
})

export const createOffering = route('POST /offerings', create, async ({ input, tx, by }) => {
  const offering = CourseOffering.create(input, await partsOf(tx, by.institutionId, input), by.institutionId)
  if (isRefusal(offering)) return offering
  const taken = await unlessTaken(() => save(tx, offering, { actor: by.id }), TAKEN)
  return isRefusal(taken) ? taken : { id: offering.id }
})

export const editOffering = route('PUT /offerings/:offeringId', edit, async ({ input, tx, by }) => {
  const { offeringId, version, ...asked } = input
  // A student who is being created holds this row, so none appears between this look and the commit.
  const { rows } = await tx.query<NewCourseOffering & { id: string; version: number }>(
    `select id, campus_id as "campusId", course_id as "courseId", curriculum_id as "curriculumId",
       period_id as "periodId", shift, version
     from academy.course_offerings where institution_id = $1 and id = $2 for update`,
    [by.institutionId, offeringId],
  )
  const [row] = rows
  if (!row) {
    return notFound('course-offering-not-found', { en: 'There is no such offering.', pt: 'Esta oferta não existe.' })
  }
  const stale = unlessStale(version, row.version)
  if (stale) return stale
  const students = await tx.query(
    'select 1 from academy.students where institution_id = $1 and course_offering_id = $2 limit 1',
    [by.institutionId, row.id],
  )
  const offering = new CourseOffering(by.institutionId, row.id, row, row.version)
  const refusal = offering.change(asked, await partsOf(tx, by.institutionId, asked), students.rows.length > 0)
  if (refusal) return refusal
  const taken = await unlessTaken(() => save(tx, offering, { actor: by.id }), TAKEN)
  return isRefusal(taken) ? taken : { id: offering.id }
})

async function partsOf(tx: Tx, institutionId: string, input: NewCourseOffering): Promise<OfferingParts> {
  const has = async (table: Parameters<typeof existing>[2], id: string) =>
    (await existing(tx, institutionId, table, [id])).size > 0
  const curriculum = await tx.query<{ courseId: string }>(
    'select course_id as "courseId" from academy.course_curricula where institution_id = $1 and id = $2',
    [institutionId, input.curriculumId],
  )
  return {
    campus: await has('campi', input.campusId),
    course: await has('courses', input.courseId),
    curriculum: curriculum.rows[0],
    period: await has('academic_periods', input.periodId),
  }
}

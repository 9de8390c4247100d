/** What other modules may ask about disciplines: to make those of a new course together with it. */
import { save, type Tx } from 'cascata'
import { Discipline } from './discipline.ts'

/** @param names none twice. */
export async function createDisciplines(
  tx: Tx,
  institutionId: string,
  names: readonly string[],
  courseIds: readonly string[],
): Promise<{ id: string; name: string; code: string }[]> {
  const made = names.map((name) => ({ name, discipline: Discipline.create({ name }, institutionId) }))
  for (const { discipline } of made) await save(tx, discipline)
  await addToCourses(
    tx,
    institutionId,
    made.map(({ discipline }) => discipline.id),
    courseIds,
  )
  return made.map(({ name, discipline: { id, code } }) => ({ id, name, code }))
}

/** Each of the disciplines to each of the courses; what is there already stays. */
export async function addToCourses(
  tx: Tx,
  institutionId: string,
  disciplineIds: readonly string[],
  courseIds: readonly string[],
): Promise<void> {
  await tx.query(
    `insert into academy.course_disciplines (institution_id, course_id, discipline_id)
     select $1, c, d from unnest($2::uuid[]) c cross join unnest($3::uuid[]) d on conflict do nothing`,
    [institutionId, courseIds, disciplineIds],
  )
}

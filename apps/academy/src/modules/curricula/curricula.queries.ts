/** What other modules may ask about curricula: to save one with its disciplines. */
import { save, type Tx } from 'cascata'
import type { CourseCurriculum } from './course-curriculum.ts'

export async function saveCurriculum(tx: Tx, curriculum: CourseCurriculum, actor?: string): Promise<void> {
  await save(tx, curriculum, actor === undefined ? {} : { actor })
  await saveDisciplines(tx, curriculum)
}

/** Of a curriculum that has none in the database. */
export async function saveDisciplines(tx: Tx, curriculum: CourseCurriculum): Promise<void> {
  const { disciplines } = curriculum
  await tx.query(
    `insert into academy.curriculum_disciplines
       (institution_id, curriculum_id, course_id, discipline_id, period, credits, workload_hours)
     select $1, $2, $3, d.id, d.period, d.credits, d.hours
     from unnest($4::uuid[], $5::int[], $6::int[], $7::int[]) as d(id, period, credits, hours)`,
    [
      curriculum.tenant,
      curriculum.id,
      curriculum.courseId,
      disciplines.map(({ id }) => id),
      disciplines.map(({ period }) => period),
      disciplines.map(({ credits }) => credits),
      disciplines.map(({ workloadHours }) => workloadHours),
    ],
  )
}

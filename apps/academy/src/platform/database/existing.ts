import type { Tx } from 'cascata'

type WithId =
  | 'campi'
  | 'courses'
  | 'disciplines'
  | 'course_curricula'
  | 'course_offerings'
  | 'academic_periods'
  | 'teachers'
  | 'students'

/** Which of these ids the institution has. */
export async function existing(
  tx: Tx,
  institutionId: string,
  table: WithId,
  ids: readonly string[],
): Promise<Set<string>> {
  const { rows } = await tx.query<{ id: string }>(
    `select id from academy.${table} where institution_id = $1 and id = any($2)`,
    [institutionId, ids],
  )
  return new Set(rows.map(({ id }) => id))
}

/** What other modules may ask about activities. */
import type { Tx } from 'cascata'
import type { z } from 'zod'
import { dayText, hourText, queries } from '../../platform/database/queries.ts'
import { type activitySummary, NOTES, type Note } from './class-activity.fields.ts'

/** Sum of the weights of a class's activities, for each note. */
export async function usedWeights(tx: Tx, institutionId: string, classId: string): Promise<Record<Note, number>> {
  const { rows } = await tx.query<{ note: Note; used: number }>(
    `select note, sum(weight)::int as used from academy.class_activities
     where institution_id = $1 and class_id = $2 group by note`,
    [institutionId, classId],
  )
  const used = new Map(rows.map((row) => [row.note, row.used]))
  return Object.fromEntries(NOTES.map((note) => [note, used.get(note) ?? 0])) as Record<Note, number>
}

export async function remainingWeights(tx: Tx, institutionId: string, classId: string): Promise<Record<Note, number>> {
  const used = await usedWeights(tx, institutionId, classId)
  return { N1: 100 - used.N1, N2: 100 - used.N2, N3: 100 - used.N3 }
}

/** The activities of a class, the one that is due last first. */
export async function activitiesOf(
  tx: Tx,
  institutionId: string,
  classId: string,
): Promise<z.output<typeof activitySummary>[]> {
  const rows = await queries(tx)
    .selectFrom('class_activities')
    .select(['id', 'note', 'title', 'type', 'weight', 'created_at'])
    .select([dayText('due_date').as('dueDate'), hourText('due_hour').as('dueHour')])
    .where('institution_id', '=', institutionId)
    .where('class_id', '=', classId)
    .orderBy('due_date', 'desc')
    .orderBy('due_hour', 'desc')
    .orderBy('id', 'desc')
    .execute()
  return rows.map(({ created_at, ...row }) => ({ ...row, createdAt: created_at.toISOString() }))
}

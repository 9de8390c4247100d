/** What the result notices need to know, asked at the moment they are sent. */
import type { Tx } from 'cascata'
import type { Result } from '../result.ts'
import { PURPOSE } from './result-notice.ts'

/** Everybody who has a result in one of these classes. */
export async function studentsToTell(tx: Tx, tenant: string, finalizationId: string): Promise<string[]> {
  const { rows } = await tx.query<{ id: string }>(
    `select distinct s.student_id as id
     from academy.classes c
     join academy.class_students s on s.institution_id = c.institution_id and s.class_id = c.id
     where c.institution_id = $1 and c.finalization_id = $2 and s.result_rule is not null
     order by 1`,
    [tenant, finalizationId],
  )
  return rows.map(({ id }) => id)
}

export type ToldResult = { discipline: string; result: Result; average: number; frequency: number }

export async function resultsToTell(
  tx: Tx,
  tenant: string,
  finalizationId: string,
  studentId: string,
): Promise<ToldResult[]> {
  const { rows } = await tx.query<ToldResult>(
    `select d.name as discipline, s.status as result, s.average_note::float8 as average, s.frequency::float8 as frequency
     from academy.classes c
     join academy.class_students s on s.institution_id = c.institution_id and s.class_id = c.id
     join academy.disciplines d on d.institution_id = c.institution_id and d.id = c.discipline_id
     where c.institution_id = $1 and c.finalization_id = $2 and s.student_id = $3 and s.result_rule is not null
     order by d.name, c.id`,
    [tenant, finalizationId, studentId],
  )
  return rows
}

export async function finalizedBy(tx: Tx, tenant: string, finalizationId: string): Promise<string> {
  const { rows } = await tx.query<{ id: string }>(
    'select finalized_by as id from academy.class_finalizations where institution_id = $1 and id = $2',
    [tenant, finalizationId],
  )
  const [by] = rows
  if (!by) throw new Error(`There is no finalization ${finalizationId}.`)
  return by.id
}

/** How many messages are owed and how many went out. */
export async function tally(
  tx: Tx,
  tenant: string,
  finalizationId: string,
): Promise<{ sent: number; total: number; classes: number }> {
  const { rows } = await tx.query<{ sent: number; total: number; classes: number }>(
    `select count(*) filter (where status = 'sent')::int as sent, count(*) filter (where status <> 'cancelled')::int as total,
       (select count(*)::int from academy.classes where institution_id = $1 and finalization_id = $3) as classes
     from academy.email_messages where institution_id = $1 and purpose = $2 and entity_id = $3`,
    [tenant, PURPOSE, finalizationId],
  )
  return rows[0] ?? { sent: 0, total: 0, classes: 0 }
}

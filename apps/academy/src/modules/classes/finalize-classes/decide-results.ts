/** What students have reached in classes that are being finalized, while the rows of the classes are locked. */
import type { Tx } from 'cascata'
import { averageNote } from '../average-note.ts'
import { frequency } from '../frequency.ts'
import { type Result, type ResultRule, resultOf } from '../result.ts'

export async function ruleOf(
  tx: Tx,
  institutionId: string,
  missingNotes: ResultRule['missingNotes'],
): Promise<ResultRule> {
  const { rows } = await tx.query<Omit<ResultRule, 'version' | 'missingNotes'>>(
    `select result_order as order, note_limit::float8 as "noteLimit", frequency_limit::float8 as "frequencyLimit", rounding
     from academy.institutions where id = $1`,
    [institutionId],
  )
  const [limits] = rows
  if (!limits) throw new Error(`There is no institution ${institutionId}.`)
  return { version: 2, ...limits, missingNotes }
}

/** What stands in the way of each class: lessons without attendance, grades that were not given. */
export async function whatIsOpen(
  tx: Tx,
  institutionId: string,
  classIds: readonly string[],
  { missingNotes }: ResultRule,
): Promise<(classId: string) => { lessons: number; notes: number }> {
  const { rows } = await tx.query<{ id: string; lessons: number; notes: number }>(
    `select c.id,
       (select count(*)::int from academy.lessons l
        where l.institution_id = c.institution_id and l.class_id = c.id and l.status = 'pending') as lessons,
       (select count(*)::int from academy.class_student_notes n
        join academy.class_students s on s.institution_id = n.institution_id and s.class_id = n.class_id
          and s.student_id = n.student_id and s.status = 'enrolled'
        where n.institution_id = c.institution_id and n.class_id = c.id and n.note is null) as notes
     from academy.classes c where c.institution_id = $1 and c.id = any($2)`,
    [institutionId, classIds],
  )
  const byId = new Map(
    rows.map(({ id, lessons, notes }) => [id, { lessons, notes: missingNotes === 'zero' ? 0 : notes }]),
  )
  return (classId) => byId.get(classId) ?? { lessons: 0, notes: 0 }
}

export type StudentResult = {
  classId: string
  studentId: string
  average: number
  frequency: number
  result: Result
}

export async function resultsOf(
  tx: Tx,
  institutionId: string,
  classIds: readonly string[],
  rule: ResultRule,
): Promise<StudentResult[]> {
  const { rows } = await tx.query<{
    classId: string
    studentId: string
    notes: (number | null)[]
    present: number
    records: number
  }>(
    `select s.class_id as "classId", s.student_id as "studentId",
       array(select n.note::float8 from academy.class_student_notes n where n.institution_id = s.institution_id
         and n.class_id = s.class_id and n.student_id = s.student_id order by n.type) as notes,
       f.present, f.records
     from academy.class_students s
     cross join lateral (
       select count(*) filter (where a.present)::int as present, count(*)::int as records
       from academy.lesson_attendances a where a.institution_id = s.institution_id
         and a.class_id = s.class_id and a.student_id = s.student_id
     ) f
     where s.institution_id = $1 and s.class_id = any($2) and s.status = 'enrolled'`,
    [institutionId, classIds],
  )
  return rows.map(({ classId, studentId, notes, present, records }) => {
    const decided = {
      average:
        averageNote(
          notes.map((note) => note ?? 0),
          rule.rounding,
        ) ?? 0,
      frequency: frequency(present, records),
    }
    return { classId, studentId, ...decided, result: resultOf(decided, rule) }
  })
}

/** From here on the results stand, with what they were decided with. */
export async function freeze(
  tx: Tx,
  institutionId: string,
  results: readonly StudentResult[],
  rule: ResultRule,
): Promise<void> {
  await tx.query(
    `update academy.class_students s
     set status = r.result, average_note = r.average, frequency = r.frequency, result_rule = $2
     from unnest($3::uuid[], $4::uuid[], $5::text[], $6::numeric[], $7::numeric[])
       as r(class_id, student_id, result, average, frequency)
     where s.institution_id = $1 and s.class_id = r.class_id and s.student_id = r.student_id`,
    [
      institutionId,
      JSON.stringify(rule),
      results.map(({ classId }) => classId),
      results.map(({ studentId }) => studentId),
      results.map(({ result }) => result),
      results.map(({ average }) => average),
      results.map(({ frequency }) => frequency),
    ],
  )
}

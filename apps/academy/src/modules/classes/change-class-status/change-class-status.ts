/** Staff release classes for enrollment, and start them when that is over: all that are listed, or none. */
import { save, type Tx } from 'cascata'
import { isRefusal } from '../../../platform/http/refusal.ts'
import { route } from '../../../platform/http/route.ts'
import { changeEach, lockListed } from '../listed-classes.queries.ts'
import { release, start } from './change-class-status.contract.ts'

export const releaseClasses = route('PUT /classes/release-for-enrollment', release, async ({ input, tx, by }) => {
  const listed = await lockListed(tx, by.institutionId, input.classes)
  if (isRefusal(listed)) return listed
  const refusal = changeEach(listed, ({ klass, enrollment }) => klass.release(enrollment))
  if (refusal) return refusal
  for (const { klass } of listed) await save(tx, klass, { actor: by.id })
  return { classes: listed.length }
})

export const startClasses = route('PUT /classes/start', start, async ({ input, tx, by }) => {
  const listed = await lockListed(tx, by.institutionId, input.classes)
  if (isRefusal(listed)) return listed
  const refusal = changeEach(listed, ({ klass, enrollment }) => klass.start(enrollment))
  if (refusal) return refusal
  for (const { klass } of listed) await save(tx, klass, { actor: by.id })
  await createNotes(tx, by.institutionId, input.classes)
  return { classes: listed.length }
})

/** Three for each student, null until they are given. */
async function createNotes(tx: Tx, institutionId: string, classIds: readonly string[]): Promise<void> {
  await tx.query(
    `insert into academy.class_student_notes (institution_id, class_id, student_id, type)
     select s.institution_id, s.class_id, s.student_id, n.type
     from academy.class_students s cross join unnest(array['N1', 'N2', 'N3']) as n(type)
     where s.institution_id = $1 and s.class_id = any($2) and s.status = 'enrolled'`,
    [institutionId, classIds],
  )
}

/** A student chooses classes while an enrollment period is open. Seats are given one after the other, under the lock of the class. */
import type { Tx } from 'cascata'
import { institutionClock } from '../../../platform/database/institution-clock.ts'
import { unlessTaken } from '../../../platform/database/saving.ts'
import { isRefusal } from '../../../platform/http/refusal.ts'
import { type Actor, route } from '../../../platform/http/route.ts'
import { alreadyAttending, type SelectionChange, selectClasses } from '../class-selection.ts'
import { choose, read } from './choose-classes.contract.ts'
import {
  keptClasses,
  lockSeats,
  lockStudent,
  nextWindow,
  offeredClasses,
  openWindows,
} from './offered-classes.queries.ts'

export const readEnrollment = route('GET /enrollment', read, ({ tx, by }) => enrollment(tx, by))

export const chooseClasses = route('PUT /enrollment', choose, async ({ input, tx, by }) => {
  const { institutionId, id: studentId } = by
  await lockStudent(tx, institutionId, studentId)
  const { today } = await institutionClock(tx, institutionId)
  const windows = await openWindows(tx, institutionId, today)
  await lockSeats(tx, institutionId, studentId, input.classes)
  const offered = await offeredClasses(tx, institutionId, studentId, windows)
  const kept = await keptClasses(tx, institutionId, studentId, idsOf(offered))
  const taken = kept.flatMap(({ schedules }) => schedules)
  const change = selectClasses(input.classes, windows.length > 0, offered, taken)
  if (isRefusal(change)) return change
  // Whatever the rule has seen: the database has the last word on one class a discipline.
  const entered = await unlessTaken(() => enroll(tx, institutionId, studentId, change), alreadyAttending())
  if (isRefusal(entered)) return entered
  return enrollment(tx, by)
})

/** What is given up stays as a trace. */
async function enroll(tx: Tx, institutionId: string, studentId: string, { enter, leave }: SelectionChange) {
  await tx.query(
    `update academy.class_students set status = 'left'
     where institution_id = $1 and student_id = $2 and class_id = any($3) and status = 'enrolled'`,
    [institutionId, studentId, leave],
  )
  await tx.query(
    `insert into academy.class_students (institution_id, class_id, student_id, enrolled_at)
     select $1, unnest($3::uuid[]), $2, academy.now()
     on conflict (institution_id, class_id, student_id)
       do update set status = 'enrolled', enrolled_at = excluded.enrolled_at`,
    [institutionId, studentId, enter],
  )
}

async function enrollment(tx: Tx, { institutionId, id }: Actor) {
  const { today } = await institutionClock(tx, institutionId)
  const windows = await openWindows(tx, institutionId, today)
  const classes = await offeredClasses(tx, institutionId, id, windows)
  return {
    today,
    windows,
    nextWindow: (await nextWindow(tx, institutionId, today)) ?? null,
    kept: await keptClasses(tx, institutionId, id, idsOf(classes)),
    classes: classes.map(({ selected, ...each }) => ({ ...each, isSelected: selected })),
  }
}

const idsOf = (rows: readonly { id: string }[]) => rows.map(({ id }) => id)

/** A teacher takes the attendance of a lesson, and corrects it. */
import type { Tx } from 'cascata'
import { institutionClock } from '../../../platform/database/institution-clock.ts'
import { isRefusal } from '../../../platform/http/refusal.ts'
import { route } from '../../../platform/http/route.ts'
import { frequency, lockClass } from '../../classes/classes.queries.ts'
import { type LessonOutline, lessonNotFound, RollCall } from '../roll-call.ts'
import { read, take } from './take-attendance.contract.ts'

export const readAttendances = route('GET /lessons/:lessonId/attendances', read, async ({ input, tx, by }) => {
  const lesson = await lessonOf(tx, by.institutionId, input.lessonId)
  if (lesson?.teacherId !== by.id) return lessonNotFound()
  return attendances(tx, lesson)
})

export const takeAttendance = route('PUT /lessons/:lessonId/attendances', take, async ({ input, tx, by }) => {
  const found = await lessonOf(tx, by.institutionId, input.lessonId)
  // Locked and looked at again: while attendance is taken, nobody finalizes the class.
  if (found) await lockClass(tx, found.classId)
  const lesson = found && (await lessonOf(tx, by.institutionId, input.lessonId))
  const students = lesson ? await studentsOn(tx, lesson) : []
  const clock = await institutionClock(tx, by.institutionId)
  const rollCall = RollCall.take(
    input.presentStudents,
    lesson,
    students.map(({ id }) => id),
    clock,
    by,
    input.version,
  )
  if (isRefusal(rollCall)) return rollCall
  await record(tx, rollCall, by.id)
  return attendances(tx, (await lessonOf(tx, by.institutionId, input.lessonId)) as LessonOutline)
})

async function lessonOf(tx: Tx, institutionId: string, lessonId: string): Promise<LessonOutline | undefined> {
  const { rows } = await tx.query<LessonOutline>(
    `select l.id, l.institution_id as "institutionId", l.class_id as "classId", c.teacher_id as "teacherId",
       c.status as "classStatus", l.number, to_char(l.date, 'YYYY-MM-DD') as date,
       to_char(l.start_at, 'HH24:MI') as "startAt", to_char(l.end_at, 'HH24:MI') as "endAt", l.status,
       l.version, u.name as "takenBy", l.taken_at as "takenAt"
     from academy.lessons l
     join academy.classes c on c.institution_id = l.institution_id and c.id = l.class_id
     left join academy.users u on u.institution_id = l.institution_id and u.id = l.taken_by
     where l.institution_id = $1 and l.id = $2`,
    [institutionId, lessonId],
  )
  return rows[0]
}

/** Who was enrolled on the day of the lesson, by name; of a finalized class also those who have their result. */
async function studentsOn(
  tx: Tx,
  { institutionId, classId, id, date }: LessonOutline,
): Promise<{ id: string; name: string; present: boolean | null }[]> {
  const { rows } = await tx.query<{ id: string; name: string; present: boolean | null }>(
    `select u.id, u.name, a.present
     from academy.class_students s
     join academy.users u on u.institution_id = s.institution_id and u.id = s.student_id
     join academy.institutions i on i.id = s.institution_id
     left join academy.lesson_attendances a
       on a.institution_id = s.institution_id and a.lesson_id = $3 and a.student_id = s.student_id
     where s.institution_id = $1 and s.class_id = $2 and s.status not in ('left', 'exempt')
       and (s.enrolled_at at time zone i.time_zone)::date <= $4::date
     order by u.name, u.id`,
    [institutionId, classId, id, date],
  )
  return rows
}

async function record(tx: Tx, rollCall: RollCall, takenBy: string): Promise<void> {
  await tx.query(
    `insert into academy.lesson_attendances (institution_id, lesson_id, class_id, student_id, present)
     select $1, $2, $3, * from unnest($4::uuid[], $5::boolean[])
     on conflict (institution_id, lesson_id, student_id) do update set present = excluded.present`,
    [
      rollCall.tenant,
      rollCall.id,
      rollCall.classId,
      rollCall.presences.map(({ studentId }) => studentId),
      rollCall.presences.map(({ present }) => present),
    ],
  )
  await tx.query(
    `update academy.lessons
     set status = 'finalized', version = version + 1, taken_by = $3, taken_at = academy.now()
     where institution_id = $1 and id = $2`,
    [rollCall.tenant, rollCall.id, takenBy],
  )
}

async function attendances(tx: Tx, lesson: LessonOutline) {
  const students = await studentsOn(tx, lesson)
  const known = students.filter(({ present }) => present !== null)
  const { id, classId, number, date, startAt, endAt, status, version, takenBy, takenAt } = lesson
  const taken = takenBy !== null && takenAt !== null ? { by: takenBy, at: takenAt.toISOString() } : null
  const there = known.filter(({ present }) => present).length
  return {
    lesson: {
      ...{ id, classId, number, date, startAt, endAt, status, version, taken },
      frequency: frequency(there, known.length),
    },
    students,
  }
}

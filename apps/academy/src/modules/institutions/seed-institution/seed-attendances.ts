/** Step 5: the attendance of every lesson that was given before today; of each class at least half were there. */
import type { Tx } from 'cascata'
import { institutionClock } from '../../../platform/database/institution-clock.ts'
import { type LessonOutline, RollCall } from '../../attendances/roll-call.ts'
import { Random } from './random.ts'
import type { LaterSeedOrder } from './seed-institution.commands.ts'
import { agreed, once } from './seed-plan.ts'

/** Records in one statement. */
const RECORDS_MAX = 20_000

export async function seedAttendances(tx: Tx, { institutionId, seed, periodId }: LaterSeedOrder): Promise<void> {
  await once(tx, institutionId, 'attendances', async () => {
    const { today } = await institutionClock(tx, institutionId)
    const presentMin = (students: number) => Math.ceil(students / 2)
    return takeAttendances(tx, institutionId, periodId, { before: today, presentMin }, new Random(seed, 'attendances'))
  })
}

type Taken = { before: string; presentMin: (students: number) => number }

export async function takeAttendances(
  tx: Tx,
  institutionId: string,
  periodId: string,
  { before, presentMin }: Taken,
  random: Random,
): Promise<{ lessons: number; attendances: number }> {
  const students = await studentsByClass(tx, institutionId, periodId)
  const { timeZone } = await institutionClock(tx, institutionId)
  const rollCalls = (await lessonsBefore(tx, institutionId, periodId, before)).map((lesson) => {
    const there = students.get(lesson.classId) ?? []
    const present = random.sample(there, random.between(Math.max(0, presentMin(there.length)), there.length))
    return agreed(RollCall.take(present, lesson, there, { today: before, timeZone }, { id: lesson.teacherId }))
  })
  await tx.query(`update academy.lessons set status = 'finalized' where institution_id = $1 and id = any($2::uuid[])`, [
    institutionId,
    rollCalls.map(({ id }) => id),
  ])
  const records = rollCalls.flatMap(({ id, classId, presences }) =>
    presences.map((presence) => ({ lessonId: id, classId, ...presence })),
  )
  for (let from = 0; from < records.length; from += RECORDS_MAX) {
    await insertRecords(tx, institutionId, records.slice(from, from + RECORDS_MAX))
  }
  return { lessons: rollCalls.length, attendances: records.length }
}

async function studentsByClass(tx: Tx, institutionId: string, periodId: string): Promise<Map<string, string[]>> {
  const { rows } = await tx.query<{ class_id: string; students: string[] }>(
    `select s.class_id, array_agg(s.student_id order by s.student_id) as students
     from academy.class_students s
     join academy.classes c on c.institution_id = s.institution_id and c.id = s.class_id
     where s.institution_id = $1 and c.period_id = $2 and s.status = 'enrolled'
     group by s.class_id`,
    [institutionId, periodId],
  )
  return new Map(rows.map(({ class_id, students }) => [class_id, students]))
}

async function lessonsBefore(tx: Tx, institutionId: string, periodId: string, today: string): Promise<LessonOutline[]> {
  const { rows } = await tx.query<LessonOutline>(
    `select l.id, l.institution_id as "institutionId", l.class_id as "classId", c.teacher_id as "teacherId",
       c.status as "classStatus", l.number, to_char(l.date, 'YYYY-MM-DD') as date,
       to_char(l.start_at, 'HH24:MI') as "startAt", to_char(l.end_at, 'HH24:MI') as "endAt", l.status,
       l.version, null as "takenBy", null as "takenAt"
     from academy.lessons l
     join academy.classes c on c.institution_id = l.institution_id and c.id = l.class_id
     where l.institution_id = $1 and c.period_id = $2 and l.date < $3
     order by l.date, l.class_id`,
    [institutionId, periodId, today],
  )
  return rows
}

type Presence = { lessonId: string; classId: string; studentId: string; present: boolean }

async function insertRecords(tx: Tx, institutionId: string, records: readonly Presence[]): Promise<void> {
  await tx.query(
    `insert into academy.lesson_attendances (institution_id, lesson_id, class_id, student_id, present)
     select $1, * from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::boolean[])`,
    [
      institutionId,
      records.map(({ lessonId }) => lessonId),
      records.map(({ classId }) => classId),
      records.map(({ studentId }) => studentId),
      records.map(({ present }) => present),
    ],
  )
}

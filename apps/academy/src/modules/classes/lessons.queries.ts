import { type Tx, uuidv7 } from 'cascata'
import type { NewLesson } from './lessons.ts'

export async function saveLessons(
  tx: Tx,
  institutionId: string,
  classId: string,
  lessons: readonly NewLesson[],
): Promise<void> {
  await tx.query(
    `insert into academy.lessons (institution_id, class_id, id, number, date, start_at, end_at)
     select $1, $2, * from unnest($3::uuid[], $4::int[], $5::date[], $6::time[], $7::time[])`,
    [
      institutionId,
      classId,
      lessons.map(() => uuidv7()),
      lessons.map(({ number }) => number),
      lessons.map(({ date }) => date),
      lessons.map(({ startAt }) => startAt),
      lessons.map(({ endAt }) => endAt),
    ],
  )
}

/** Step 3: a class of each discipline of the first period of systems, one evening each from Monday to Saturday. */
import type { Tx } from 'cascata'
import { DAYS, type Schedule } from '../../classes/class.fields.ts'
import { Class } from '../../classes/class.ts'
import { Random } from './random.ts'
import { periodOf } from './seed-calendar.ts'
import { TAUGHT } from './seed-catalogue.ts'
import type { LaterSeedOrder } from './seed-institution.commands.ts'
import { agreed, once, saveAll, seedId } from './seed-plan.ts'
import { SEED_SIZES } from './seed-sizes.ts'

const EVENING = { startAt: '19:00', endAt: '22:00' }

export async function seedClasses(tx: Tx, { institutionId, size, seed, periodId }: LaterSeedOrder): Promise<void> {
  await once(tx, institutionId, 'classes', async () => {
    const random = new Random(seed, 'classes')
    const { teachers, sections, vacancies } = SEED_SIZES[size]
    const period = periodOf(periodId)
    const given = new Map<string, Schedule[]>()
    const classes = TAUGHT.flatMap((discipline, index) => {
      const schedule: Schedule = { day: DAYS[index] as Schedule['day'], ...EVENING }
      // Each evening every class has another teacher, beginning with anybody.
      const first = random.between(0, teachers - 1)
      return Array.from({ length: sections }, (_, section) => {
        const teacherId = seedId(institutionId, 'teacher', (first + section) % teachers)
        const teacherSchedules = given.get(teacherId) ?? []
        const created = agreed(
          Class.create(
            {
              disciplineId: seedId(institutionId, 'discipline', 'ads', discipline),
              teacherId,
              periodId,
              vacancies: random.pick(vacancies),
              schedules: [schedule],
            },
            { discipline: true, teacher: true, period, teacherSchedules },
            institutionId,
            { id: classIdOf(institutionId, discipline, section) },
          ),
        )
        given.set(teacherId, [...teacherSchedules, schedule])
        return created
      })
    })
    await saveAll(tx, classes)
    await insertSchedules(tx, institutionId, classes)
    await insertLessons(tx, institutionId, classes)
    return { classes: classes.length, lessons: classes.reduce((sum, { lessons }) => sum + lessons.length, 0) }
  })
}

export const classIdOf = (institutionId: string, discipline: string, section: number) =>
  seedId(institutionId, 'class', discipline, section)

export async function insertSchedules(tx: Tx, institutionId: string, classes: readonly Class[]): Promise<void> {
  const rows = classes.flatMap(({ id, schedules }) => schedules.map((schedule) => ({ id, ...schedule })))
  await tx.query(
    `insert into academy.class_schedules (institution_id, class_id, day, start_at, end_at)
     select $1, * from unnest($2::uuid[], $3::smallint[], $4::time[], $5::time[])`,
    [
      institutionId,
      rows.map(({ id }) => id),
      rows.map(({ day }) => DAYS.indexOf(day) + 1),
      rows.map(({ startAt }) => startAt),
      rows.map(({ endAt }) => endAt),
    ],
  )
}

export async function insertLessons(tx: Tx, institutionId: string, classes: readonly Class[]): Promise<void> {
  const rows = classes.flatMap(({ id: classId, lessons }) => lessons.map((lesson) => ({ classId, ...lesson })))
  await tx.query(
    `insert into academy.lessons (institution_id, id, class_id, number, date, start_at, end_at)
     select $1, * from unnest($2::uuid[], $3::uuid[], $4::smallint[], $5::date[], $6::time[], $7::time[])`,
    [
      institutionId,
      rows.map(({ classId, number }) => seedId(institutionId, 'lesson', classId, number)),
      rows.map(({ classId }) => classId),
      rows.map(({ number }) => number),
      rows.map(({ date }) => date),
      rows.map(({ startAt }) => startAt),
      rows.map(({ endAt }) => endAt),
    ],
  )
}

/** The five steps on a day of every month, as the role that handlers have: the same figures whatever the date. */
import { uuidv7 } from 'cascata'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Academy, startAcademy } from '../../../../test-support/start-academy.ts'
import { withTenant } from '../../../platform/database/with-tenant.ts'
import { createInstitution } from '../institutions.queries.ts'
import { seedAttendances } from './seed-attendances.ts'
import { seedBasicData } from './seed-basic-data.ts'
import { closedWindowOf, periodOf } from './seed-calendar.ts'
import { seedClasses } from './seed-classes.ts'
import { seedEnrollments } from './seed-enrollments.ts'
import { seedUsers } from './seed-users.ts'

let academy: Academy
let owner: pg.Pool
let exec: pg.Pool
beforeAll(async () => {
  academy = await startAcademy()
  owner = new pg.Pool({ connectionString: academy.url, max: 1 })
  exec = new pg.Pool({ connectionString: academy.urls.exec, max: 1, pipeline: true } as pg.PoolConfig) // as the daemon's
  for (const pool of [owner, exec]) pool.on('error', () => {})
})
afterAll(async () => {
  await Promise.all([owner?.end(), exec?.end()])
  await academy?.stop()
})

/** Noon in São Paulo. */
const setToday = (today: string) =>
  owner.query(
    `create or replace function academy.now() returns timestamptz language sql stable as $$ select timestamptz '${today} 12:00-03' $$`,
  )

async function seedOn(today: string, seed = 7): Promise<{ id: string; periodId: string }> {
  await setToday(today)
  const id = uuidv7()
  const staff = { id: uuidv7(), name: 'Staff', email: `${id}@uni.example`, locale: 'en', passwordHash: null } as const
  await withTenant(academy.pools.web, { institutionId: id }, (tx) =>
    createInstitution(tx, { id, name: `Seeded on ${today}`, demoData: 'S', staff }),
  )
  const step = <T>(run: Parameters<typeof withTenant<T>>[2]) => withTenant(exec, { institutionId: id }, run)
  const order = { institutionId: id, size: 'S', seed } as const
  const periodId = await step((tx) => seedBasicData(tx, order))
  for (const run of [seedUsers, seedClasses, seedEnrollments, seedAttendances]) {
    await step((tx) => run(tx, { ...order, periodId }))
  }
  return { id, periodId }
}

const FIGURES = `
  select
    (select array_agg(id order by id) from academy.academic_periods where institution_id = $1) as periods,
    (select count(*)::int from academy.campi where institution_id = $1) as campi,
    (select count(*)::int from academy.courses where institution_id = $1) as courses,
    (select count(*)::int from academy.disciplines where institution_id = $1) as disciplines,
    (select array_agg(n order by n) from (select count(*)::int as n from academy.curriculum_disciplines
      where institution_id = $1 group by curriculum_id) c) as curricula,
    (select count(*)::int from academy.course_offerings where institution_id = $1 and shift = 'night') as offerings,
    (select count(*)::int from academy.teachers where institution_id = $1) as teachers,
    (select count(*)::int from academy.students where institution_id = $1) as students,
    (select count(*)::int from academy.classes where institution_id = $1 and status = 'started'
       and vacancies in (25, 30, 35)) as classes,
    (select count(*)::int from academy.lessons where institution_id = $1) as lessons,
    (select count(*)::int from academy.lessons where institution_id = $1 and date < $2) as past,
    (select count(*)::int from academy.lessons where institution_id = $1 and status = 'finalized') as finalized,
    (select count(*)::int from academy.class_students where institution_id = $1 and status = 'enrolled') as links,
    (select count(*)::int from academy.class_student_notes where institution_id = $1 and note is null) as notes,
    (select count(*)::int from academy.lesson_attendances where institution_id = $1) as attendances,
    (select count(*)::int from academy.class_students s join academy.lessons l on l.institution_id = s.institution_id
       and l.class_id = s.class_id where s.institution_id = $1 and l.date < $2 and s.enrolled_at::date > l.date) as late,
    (select coalesce(array_agg(distinct n order by n), '{}') from (select count(*) filter (where present)::int as n
       from academy.lesson_attendances where institution_id = $1 group by lesson_id) p) as present`

test.each([
  ['2026-01-01', '2025.2', 133],
  ['2026-02-28', '2025.2', 133],
  ['2028-02-29', '2028.1', 104],
  ['2026-03-07', '2026.1', 102],
  ['2026-04-15', '2026.1', 102],
  ['2026-05-31', '2026.1', 102],
  ['2026-06-30', '2026.1', 102],
  ['2026-07-30', '2026.1', 102],
  ['2026-08-20', '2026.2', 133],
  ['2026-09-09', '2026.2', 133],
  ['2026-10-10', '2026.2', 133],
  ['2026-11-24', '2026.2', 133],
  ['2026-12-31', '2026.2', 133],
])('on %s: period %s, %i lessons, and the figures', async (today, period, lessons) => {
  const { id, periodId } = await seedOn(today)
  expect(periodId).toBe(period)
  const { rows } = await owner.query(FIGURES, [id, today])
  const { past, present, ...figures } = rows[0]
  const year = period.slice(0, 4)
  expect(figures).toEqual({
    periods: [`${year}.1`, `${year}.2`],
    campi: 4,
    courses: 9,
    disciplines: 92,
    curricula: [31, 61],
    offerings: 2,
    teachers: 4,
    students: 10,
    classes: 6,
    lessons,
    finalized: past,
    links: 36,
    notes: 108,
    attendances: 6 * past,
    late: 0,
  })
  expect(past).toBeGreaterThanOrEqual(23) // four weeks of six evenings
  for (const count of present) expect([3, 4, 5, 6]).toContain(count)
  const window = await owner.query(
    `select to_char(start_at, 'YYYY-MM-DD') as "startAt", to_char(end_at, 'YYYY-MM-DD') as "endAt"
     from academy.enrollment_periods where institution_id = $1`,
    [id],
  )
  expect(window.rows).toEqual([closedWindowOf(periodOf(period))])
})

test('the same seed makes the same, another makes another', async () => {
  const seen = async (seed: number) => {
    const { id } = await seedOn('2026-05-20', seed)
    const { rows } = await owner.query(
      `select
         (select string_agg(u.name || split_part(u.email, '@', 1), ',' order by u.name, u.email) from academy.users u
          where u.institution_id = $1 and u.role <> 'staff') as people,
         (select string_agg(s.enrollment_code, ',' order by s.enrollment_code) from academy.students s
          where s.institution_id = $1) as codes,
         (select string_agg(concat_ws(' ', d.name, d.code, c.vacancies, u.name), ',' order by d.name) from academy.classes c
          join academy.disciplines d on d.institution_id = $1 and d.id = c.discipline_id
          join academy.users u on u.institution_id = $1 and u.id = c.teacher_id where c.institution_id = $1) as classes`,
      [id],
    )
    return rows[0]
  }
  const [one, same, other] = [await seen(11), await seen(11), await seen(12)]
  expect(same).toEqual(one)
  expect(other.people).not.toBe(one.people)
  expect(other.codes).not.toBe(one.codes)
})

test('done again, a step changes nothing', async () => {
  const { id, periodId } = await seedOn('2026-05-20')
  const before = (await owner.query(FIGURES, [id, '2026-05-20'])).rows
  await setToday('2026-05-28') // a week later it would be more lessons
  const order = { institutionId: id, size: 'S', seed: 7 } as const
  const again = <T>(run: Parameters<typeof withTenant<T>>[2]) => withTenant(exec, { institutionId: id }, run)
  expect(await again((tx) => seedBasicData(tx, order))).toBe(periodId)
  for (const run of [seedUsers, seedClasses, seedEnrollments, seedAttendances]) {
    await again((tx) => run(tx, { ...order, periodId }))
  }
  expect((await owner.query(FIGURES, [id, '2026-05-20'])).rows).toEqual(before)
})

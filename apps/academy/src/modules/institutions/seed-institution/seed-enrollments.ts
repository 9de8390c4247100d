/**
 * Step 4: the classes are released while the enrollment period is open, every student of systems chooses the classes of their
 * section, the enrollment period is moved to before the term, and the classes are started. Each move by its own rule.
 */
import { save, type Tx } from 'cascata'
import { institutionClock } from '../../../platform/database/institution-clock.ts'
import { DAYS, type Schedule } from '../../classes/class.fields.ts'
import { Class, type ClassColumns } from '../../classes/class.ts'
import { type OfferedClass, selectClasses } from '../../enrollments/class-selection.ts'
import { EnrollmentPeriod } from '../../periods/enrollment-period.ts'
import { closedWindowOf, openWindowOn, periodOf, type SeedWindow } from './seed-calendar.ts'
import { TAUGHT } from './seed-catalogue.ts'
import { classIdOf } from './seed-classes.ts'
import type { LaterSeedOrder } from './seed-institution.commands.ts'
import { agreed, once, saveAll, seedId } from './seed-plan.ts'
import { SEED_SIZES } from './seed-sizes.ts'

export async function seedEnrollments(tx: Tx, order: LaterSeedOrder): Promise<void> {
  const { institutionId, periodId } = order
  await once(tx, institutionId, 'enrollments', async () => {
    const { today } = await institutionClock(tx, institutionId)
    const open = openWindowOn(today)
    const closed = closedWindowOf(periodOf(periodId))

    const opened = agreed(EnrollmentPeriod.create({ id: periodId, ...open }, true, institutionId))
    await save(tx, opened)
    const preEnrolled = await classesOf(tx, order)
    for (const each of preEnrolled) agreed(each.release(opened.statusOn(today)))
    await saveAll(tx, preEnrolled)
    const enrollments = await enrollStudents(tx, order, closed)

    const moved = new EnrollmentPeriod(institutionId, periodId, open, 1)
    agreed(moved.changeDates(closed))
    await save(tx, moved)
    const enrolled = await classesOf(tx, order)
    for (const each of enrolled) agreed(each.start(moved.statusOn(today)))
    await saveAll(tx, enrolled)
    return { enrollments, notes: await insertNotes(tx, order) }
  })
}

async function classesOf(tx: Tx, { institutionId, periodId }: LaterSeedOrder): Promise<Class[]> {
  const { rows } = await tx.query<ClassColumns>(
    `select id, discipline_id, teacher_id, period_id, vacancies, status, finalization_id, version from academy.classes
     where institution_id = $1 and period_id = $2 order by id for no key update`,
    [institutionId, periodId],
  )
  return rows.map((row) => new Class(institutionId, row))
}

type OfferRow = { id: string; discipline_id: string; vacancies: number; day: number; start_at: string; end_at: string }

/** @returns how many places were taken. */
async function enrollStudents(
  tx: Tx,
  { institutionId, size, periodId }: LaterSeedOrder,
  { endAt }: SeedWindow,
): Promise<number> {
  const { rows } = await tx.query<OfferRow>(
    `select c.id, c.discipline_id, c.vacancies, s.day, to_char(s.start_at, 'HH24:MI') as start_at,
       to_char(s.end_at, 'HH24:MI') as end_at
     from academy.classes c
     join academy.class_schedules s on s.institution_id = c.institution_id and s.class_id = c.id
     where c.institution_id = $1 and c.period_id = $2`,
    [institutionId, periodId],
  )
  const offers = new Map<string, OfferedClass>(
    rows.map(({ id, discipline_id, vacancies, day, start_at, end_at }) => {
      const schedule: Schedule = { day: DAYS[day - 1] as Schedule['day'], startAt: start_at, endAt: end_at }
      const none = { enrolled: 0, selected: false, held: null }
      return [id, { id, disciplineId: discipline_id, vacancies, ...none, schedules: [schedule] }]
    }),
  )
  const { systemsStudents, sections } = SEED_SIZES[size]
  const links: { classId: string; studentId: string }[] = []
  for (let index = 0; index < systemsStudents; index++) {
    const section = Math.floor((index * sections) / systemsStudents)
    const wanted = TAUGHT.map((discipline) => classIdOf(institutionId, discipline, section))
    const { enter } = agreed(selectClasses(wanted, true, [...offers.values()], []))
    const studentId = seedId(institutionId, 'student', 'ads', index)
    for (const classId of enter) {
      links.push({ classId, studentId })
      const offer = offers.get(classId) as OfferedClass
      offers.set(classId, { ...offer, enrolled: offer.enrolled + 1 })
    }
  }
  // They are in the class since the enrollment period ended, and so at every lesson of it.
  await tx.query(
    `insert into academy.class_students (institution_id, class_id, student_id, enrolled_at)
     select $1, class_id, student_id, ($4 || ' 12:00')::timestamp at time zone i.time_zone
     from unnest($2::uuid[], $3::uuid[]) as l(class_id, student_id)
     join academy.institutions i on i.id = $1`,
    [institutionId, links.map(({ classId }) => classId), links.map(({ studentId }) => studentId), endAt],
  )
  return links.length
}

/** Three grades for each student of each class, none of them given yet. */
async function insertNotes(tx: Tx, { institutionId, periodId }: LaterSeedOrder): Promise<number> {
  const { rowCount } = await tx.query(
    `insert into academy.class_student_notes (institution_id, class_id, student_id, type)
     select s.institution_id, s.class_id, s.student_id, n.type
     from academy.class_students s
     join academy.classes c on c.institution_id = s.institution_id and c.id = s.class_id
     cross join unnest(array['N1', 'N2', 'N3']) as n(type)
     where s.institution_id = $1 and c.period_id = $2`,
    [institutionId, periodId],
  )
  return rowCount
}

/**
 * A new institution that was asked for with demonstration data is filled by five commands, each atomic, each followed by the
 * next: what somebody would do by hand for an afternoon. Read top to bottom.
 */
import { handle, on } from 'cascata'
import { InstitutionCreated } from '../institution.events.ts'
import { seedAttendances } from './seed-attendances.ts'
import { seedBasicData } from './seed-basic-data.ts'
import { seedClasses } from './seed-classes.ts'
import { seedEnrollments } from './seed-enrollments.ts'
import {
  SeedInstitutionBasicData,
  SeedInstitutionClasses,
  SeedInstitutionEnrollments,
  SeedInstitutionLessonAttendances,
  SeedInstitutionUsers,
} from './seed-institution.commands.ts'
import { seedOf } from './seed-plan.ts'
import { seedUsers } from './seed-users.ts'

// Without the wish nothing happens: a real institution starts empty.
export const seedInstitution = on(InstitutionCreated, 'seed-institution', ({ institutionId, demoData }) =>
  demoData === null
    ? undefined
    : SeedInstitutionBasicData({ institutionId, size: demoData, seed: seedOf(institutionId) }),
)

// Two academic periods, four campi, nine courses, 92 disciplines, two curricula, two offerings.
export const seedInstitutionBasicData = handle(SeedInstitutionBasicData, async (order, { tx }) =>
  SeedInstitutionUsers({ ...order, periodId: await seedBasicData(tx, order) }),
)

// Teachers and students; each tells of itself, so each is invited and gets the notices that have no time.
export const seedInstitutionUsers = handle(SeedInstitutionUsers, async (order, { tx }) => {
  await seedUsers(tx, order) // emits TeacherCreated and StudentCreated
  return SeedInstitutionClasses(order)
})

// The classes of the first period of systems, with all their lessons.
export const seedInstitutionClasses = handle(SeedInstitutionClasses, async (order, { tx }) => {
  await seedClasses(tx, order)
  return SeedInstitutionEnrollments(order)
})

// The enrollment period is opened, every student of systems chooses classes, it is closed, and the classes are started.
export const seedInstitutionEnrollments = handle(SeedInstitutionEnrollments, async (order, { tx }) => {
  await seedEnrollments(tx, order)
  return SeedInstitutionLessonAttendances(order)
})

// The teacher of each class has taken the attendance of every lesson before today.
export const seedInstitutionLessonAttendances = handle(SeedInstitutionLessonAttendances, (order, { tx }) =>
  seedAttendances(tx, order),
)

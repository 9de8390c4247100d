/**
 * What follows when the first door of a demonstration institution is opened, as a root of its own: activities, grades and
 * notices that a term has, and one command that fails, so that the console has something of each kind to show.
 */
import { discard, done, handle, on } from 'cascata'
import { DemoInstitutionOpened } from '../institution.events.ts'
import { seedOf } from '../seed-institution/seed-plan.ts'
import {
  FailForDemonstration,
  SeedClassActivities,
  SeedNotices,
  SeedStudentNotes,
} from './enrich-institution.commands.ts'
import { seedActivities } from './seed-activities.ts'
import { seedNotes } from './seed-notes.ts'
import { seedNotices } from './seed-notices.ts'

export const enrichInstitution = on(DemoInstitutionOpened, 'enrich-institution', ({ institutionId }) => {
  const order = { institutionId, seed: seedOf(institutionId) }
  return [SeedClassActivities(order), SeedStudentNotes(order), SeedNotices(order), FailForDemonstration({ fail: true })]
})

// What was due in the past is history; what is due next week is published, and its class is told.
export const seedClassActivities = handle(SeedClassActivities, (order, { tx }) => seedActivities(tx, order))

// The first grade of everybody; one class hears of it now.
export const seedStudentNotes = handle(SeedStudentNotes, (order, { tx }) => seedNotes(tx, order))

// Two notices of the staff: one for everybody who is here, one for whoever comes later, too.
export const seedStaffNotices = handle(SeedNotices, (order, { tx }) => seedNotices(tx, order))

// Reprocessed with { "fail": false } it succeeds.
export const failForDemonstration = handle(FailForDemonstration, ({ fail }) =>
  fail
    ? discard('This command fails so that there is a failure to look at. Reprocess it with {"fail": false}.')
    : done(),
)

/** Nobody's change is overwritten by somebody who had read what stood before it. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { routes } from '../src/app.ts'
import * as campi from '../src/modules/campi/manage-campi/manage-campi.contract.ts'
import * as courses from '../src/modules/courses/manage-courses/manage-courses.contract.ts'
import * as curricula from '../src/modules/curricula/manage-curricula/manage-curricula.contract.ts'
import * as disciplines from '../src/modules/disciplines/manage-disciplines/manage-disciplines.contract.ts'
import * as rules from '../src/modules/institutions/configure-institution/configure-institution.contract.ts'
import * as own from '../src/modules/institutions/own-institution/own-institution.contract.ts'
import * as offerings from '../src/modules/offerings/manage-offerings/manage-offerings.contract.ts'
import * as academicPeriods from '../src/modules/periods/manage-academic-periods/manage-academic-periods.contract.ts'
import * as enrollmentPeriods from '../src/modules/periods/manage-enrollment-periods/manage-enrollment-periods.contract.ts'
import * as webhooks from '../src/modules/webhooks/configure-webhooks/configure-webhooks.contract.ts'
import { refusedAs } from './refused.ts'
import { type Academy, type SignedIn, startAcademy } from './start-academy.ts'
import { startTerm, type Term } from './start-term.ts'

let academy: Academy
let term: Term
let staff: SignedIn
beforeEach(async () => {
  academy = await startAcademy()
  term = await startTerm(academy)
  staff = term.staff
})
afterEach(() => academy?.stop())

type Version = { version?: number }
type Edited = {
  /** The rows that stand, as they are listed. */
  read: () => Promise<{ version: number } | undefined>
  /** Twice the same values would do: a version is of what was read, whatever has become of it. */
  edit: (version: Version) => Promise<unknown>
}

const year = { startAt: '2032-02-02', endAt: '2032-06-30' }
const hook = { name: 'ERP', url: 'https://hooks.example.org', events: ['charge.paid' as const], active: true }

/** By the path of the change; made ready in an institution with a term. */
const EDITED: Record<string, () => Promise<Edited>> = {
  [campi.edit.path]: async () => ({
    read: async () => (await staff.call(campi.list, {})).campi[0],
    edit: (version) =>
      staff.call(campi.edit, { campusId: term.campusId, name: 'Agreste', city: 'Garanhuns', ...version }),
  }),
  [courses.edit.path]: async () => ({
    read: async () => (await staff.call(courses.list, {})).courses.find(({ id }) => id === term.courseId),
    edit: (version) => staff.call(courses.edit, { courseId: term.courseId, name: 'SI', type: 'bachelor', ...version }),
  }),
  [disciplines.edit.path]: async () => {
    const disciplineId = term.disciplines[0]?.id ?? ''
    return {
      read: async () =>
        (await staff.call(disciplines.list, {})).disciplines.find((discipline) => discipline.id === disciplineId),
      edit: (version) => staff.call(disciplines.edit, { disciplineId, name: 'Bancos', ...version }),
    }
  },
  [curricula.edit.path]: async () => ({
    read: () => staff.call(curricula.read, { curriculumId: term.curriculumId }),
    edit: (version) => staff.call(curricula.edit, { curriculumId: term.curriculumId, name: 'Grade 1.1', ...version }),
  }),
  [offerings.edit.path]: async () => {
    const offered = { ...term, periodId: '2031.1' }
    const { id: offeringId } = await staff.call(offerings.create, { ...given(offered), shift: 'morning' })
    return {
      read: async () => (await staff.call(offerings.list, {})).offerings.find((offering) => offering.id === offeringId),
      edit: (version) => staff.call(offerings.edit, { offeringId, ...given(offered), shift: 'afternoon', ...version }),
    }
  },
  [academicPeriods.edit.path]: async () => {
    await staff.call(academicPeriods.create, { id: '2032.1', ...year })
    return {
      read: async () =>
        (await staff.call(academicPeriods.list, {})).academicPeriods.find((period) => period.id === '2032.1'),
      edit: (version) => staff.call(academicPeriods.edit, { periodId: '2032.1', ...year, ...version }),
    }
  },
  [enrollmentPeriods.edit.path]: async () => ({
    read: async () => (await staff.call(enrollmentPeriods.list, {})).enrollmentPeriods[0],
    edit: (version) =>
      staff.call(enrollmentPeriods.edit, {
        periodId: '2031.1',
        startAt: '2031-01-13',
        endAt: '2031-01-20',
        ...version,
      }),
  }),
  [webhooks.change.path]: async () => {
    const { id: webhookId } = await staff.call(webhooks.create, hook)
    return {
      read: async () => (await staff.call(webhooks.list, {})).webhooks[0],
      edit: (version) => staff.call(webhooks.change, { webhookId, ...hook, active: false, ...version }),
    }
  },
  [own.change.path]: async () => ({
    read: () => staff.call(own.read, {}),
    edit: (version) => staff.call(own.change, { name: 'Universidade Serra Verde', ...version }),
  }),
  [rules.change.path]: async () => ({
    read: () => staff.call(rules.read, {}),
    edit: (version) =>
      staff.call(rules.change, { noteLimit: 6, frequencyLimit: 75, resultOrder: 'note-first', ...version }),
  }),
}

const given = ({ campusId, courseId, curriculumId, periodId }: Term & { periodId: string }) => ({
  campusId,
  courseId,
  curriculumId,
  periodId,
})

/** Changes that carry no version, and why none is missing. */
const WITHOUT: Record<string, string> = {
  'PUT /classes/release-for-enrollment': 'a step that is done once, from the state before it',
  'PUT /classes/start': 'a step that is done once, from the state before it',
  'PUT /classes/finalize': 'a step that is done once, from the state before it',
  'PUT /notifications/viewed': 'the first time stays',
  'PUT /notifications/:notificationId/viewed': 'the first time stays',
  'PUT /registrations': 'a link that works once',
  'PUT /api/me/password': 'asks for the one before',
  'PUT /api/me/locale': 'one’s own, and one value',
  'PUT /api/me/authenticator': 'one’s own, and asks for the password',
  'PUT /api/me/authenticator/confirmation': 'one’s own, and asks for a code',
  'PUT /api/me/authenticator/recovery-codes': 'one’s own, and asks for the password',
  'PUT /api/me/authenticator/off': 'one’s own, and asks for the password',
  'PUT /people/:userId/authenticator/off': 'what is there goes, with its reason',
  'PUT /enrollment': 'one’s own, as a whole',
  'PUT /students/:studentId/email': 'one value, each kept with its reason',
  'PUT /teachers/:teacherId/email': 'one value, each kept with its reason',
  'PUT /lessons/:lessonId/attendances': 'has a version, tested with its rules',
  'PUT /classes/:classId/students/:studentId/notes': 'a version for each grade, tested with its rules',
}

test('every change is here, or has a reason', () => {
  const changes = routes.map(({ contract }) => contract.path).filter((path) => path.startsWith('PUT '))
  expect(changes.toSorted()).toEqual([...Object.keys(EDITED), ...Object.keys(WITHOUT)].toSorted())
})

test.each(Object.entries(EDITED))('%s', async (_path, ready) => {
  const { read, edit } = await ready()
  const version = (await read())?.version ?? 0
  expect(version).toBeGreaterThan(0)
  // Two had read the same: one of them is told.
  const answers = await Promise.all([1, 2].map(() => refusedAs(edit({ version }))))
  expect(answers.toSorted()).toEqual(['409 changed-meanwhile', 'done'])
  const now = (await read())?.version ?? 0
  expect(now).toBe(version + 1)
  expect(await refusedAs(edit({ version: now }))).toBe('done')
  // Without a version whatever stands is replaced.
  expect(await refusedAs(edit({}))).toBe('done')
  expect((await read())?.version).toBe(version + 3)
})

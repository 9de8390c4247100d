import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Academy, SERRA, STUDENT, startAcademy, TEACHER } from '../../test-support/start-academy.ts'
import { contract as listClasses } from '../modules/classes/list-classes/list-classes.contract.ts'
import { contract as readInsights } from '../modules/insights/read-insights/read-insights.contract.ts'
import { contract as listNotifications } from '../modules/notifications/list-notifications/list-notifications.contract.ts'
import { createDemoTerm } from './create-demo-term.ts'

let academy: Academy
beforeAll(async () => {
  academy = await startAcademy()
  await createDemoTerm(academy.pools)
})
afterAll(() => academy.stop())

test('staff, a teacher and a student of the demonstration have figures to look at', async () => {
  const ofStaff = await (await academy.signIn(SERRA.staff)).call(readInsights, {})
  expect(ofStaff).toMatchObject({
    role: 'staff',
    campi: 2,
    courses: 2,
    curricula: 2,
    offerings: 2,
    classes: 9,
    students: 6,
  })
  expect(ofStaff).toMatchObject({ classesByStatus: { finalized: 2, started: 3 } })
  const ofTeacher = await (await academy.signIn(TEACHER)).call(readInsights, {})
  expect(ofTeacher).toMatchObject({
    role: 'teacher',
    classes: 2,
    students: 6,
    lessons: expect.toSatisfy((n) => n > 50),
  })
  const ofStudent = await (await academy.signIn(STUDENT)).call(readInsights, {})
  expect(ofStudent).toMatchObject({ role: 'student', disciplines: 16, gradedDisciplines: 2 })
})

test('the pages can show its classes: their hours are hours that the form gives', async () => {
  const { classes } = await (await academy.signIn(SERRA.staff)).call(listClasses, {})
  expect(classes.filter(({ schedules, lessons }) => schedules.length > 0 && lessons > 0)).toHaveLength(9)
})

test('doing it again changes nothing, and nobody is told of anything', async () => {
  const before = await (await academy.signIn(SERRA.staff)).call(readInsights, {})
  await createDemoTerm(academy.pools)
  expect(await (await academy.signIn(SERRA.staff)).call(readInsights, {})).toEqual(before)
  const student = await academy.signIn(STUDENT)
  expect(await student.call(listNotifications, {})).toMatchObject({
    unread: 0,
    notifications: [{ category: 'notice' }],
  })
})

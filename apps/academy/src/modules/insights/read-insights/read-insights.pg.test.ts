import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Academy, startAcademy } from '../../../../test-support/start-academy.ts'
import { AFTER_ENROLLMENT, IN_ENROLLMENT, startTerm, type Term } from '../../../../test-support/start-term.ts'
import { release, start } from '../../classes/change-class-status/change-class-status.contract.ts'
import { contract as readInsights } from './read-insights.contract.ts'

let academy: Academy
let term: Term
beforeAll(async () => {
  academy = await startAcademy()
  term = await startTerm(academy)
})
afterAll(() => academy?.stop())

test('lessons that are over without attendance are named, the oldest first, with the class of each', async () => {
  const first = await term.createClass()
  const second = await term.createClass({
    discipline: 1,
    schedules: [{ day: 'tuesday', startAt: '19:00', endAt: '22:00' }],
  })
  const waiting = await term.createClass({
    discipline: 2,
    schedules: [{ day: 'friday', startAt: '19:00', endAt: '22:00' }],
  })
  await term.clock(IN_ENROLLMENT)
  await term.staff.call(release, { classes: [first, second, waiting] })
  await term.clock(AFTER_ENROLLMENT)
  await term.staff.call(start, { classes: [first, second] })
  await term.clock('2031-02-20T12:00-03:00')
  const insights = await term.staff.call(readInsights, {})
  if (insights.role !== 'staff') throw new Error('It is staff that asks.')
  expect(insights.underWay.lessonsWithoutAttendance).toBe(6)
  const named = insights.underWay.oldestWithoutAttendance
  expect(named.map(({ classId, number, date }) => [classId, number, date])).toEqual([
    [first, 1, '2031-02-03'],
    [second, 1, '2031-02-04'],
    [first, 2, '2031-02-10'],
    [second, 2, '2031-02-11'],
    [first, 3, '2031-02-17'],
  ])
  expect(named[0]?.discipline).toBe(term.disciplines[0]?.name)
})

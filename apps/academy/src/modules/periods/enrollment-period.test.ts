import { expect, test } from 'vitest'
import { wallClock } from '../../platform/calendar.ts'
import { isRefusal } from '../../platform/http/refusal.ts'
import { EnrollmentPeriod, enrollmentPeriodStatusOn } from './enrollment-period.ts'

const institution = '019a0000-0000-7000-8000-000000000001'
const window = { startAt: '2026-03-03', endAt: '2026-03-07' }

test.each([
  // At UTC−3 the day changes at 03:00Z: 02:59:59Z is 23:59 of the day before.
  ['2026-03-03T02:59:59Z', 'not-started'],
  ['2026-03-03T03:00:00Z', 'open'],
  ['2026-03-08T02:59:59Z', 'open'],
  ['2026-03-08T03:00:00Z', 'finalized'],
])('at %s it is %s: both ends are days of it', (now, expected) => {
  const { date } = wallClock(new Date(now), 'America/Sao_Paulo')
  expect(enrollmentPeriodStatusOn(date, window)).toBe(expected)
})

test.each([
  [window, true, '2026.1'],
  [window, false, 'academic-period-not-found'],
  [{ startAt: '2026-03-03', endAt: '2026-03-03' }, true, '2026.1'],
  [{ startAt: '2026-03-08', endAt: '2026-03-07' }, true, 'invalid-enrollment-period-dates'],
])('%j of a period (%s): %s', (dates, exists, expected) => {
  const period = EnrollmentPeriod.create({ id: '2026.1', ...dates }, exists, institution)
  expect(isRefusal(period) ? period.code : period.id).toBe(expected)
})

test('of one day it is open on that day', () => {
  const day = { startAt: '2026-03-03', endAt: '2026-03-03' }
  expect(['2026-03-02', '2026-03-03', '2026-03-04'].map((today) => enrollmentPeriodStatusOn(today, day))).toEqual([
    'not-started',
    'open',
    'finalized',
  ])
})

test('it is moved, not turned around', () => {
  const period = new EnrollmentPeriod(institution, '2026.1', window, 1)
  expect(period.changeDates({ startAt: '2026-03-09', endAt: '2026-03-08' })?.code).toBe(
    'invalid-enrollment-period-dates',
  )
  expect(period.statusOn('2026-03-07')).toBe('open')
  expect(period.changeDates({ startAt: '2026-03-09', endAt: '2026-03-12' })).toBeUndefined()
  expect(period.statusOn('2026-03-07')).toBe('not-started')
})

import { describe, expect, test } from 'vitest'
import { isRefusal } from '../../platform/http/refusal.ts'
import { AcademicPeriod, academicPeriodId, type NewAcademicPeriod } from './academic-period.ts'

const institution = '019a0000-0000-7000-8000-000000000001'
const create = (over: Partial<NewAcademicPeriod> = {}) =>
  AcademicPeriod.create({ id: '2026.1', startAt: '2026-02-01', endAt: '2026-06-01', ...over }, institution)
const outcome = (period: ReturnType<typeof create>) => (isRefusal(period) ? period.code : period.id)

test.each(['2026.1', '20261', '2026/1', ' 2026 - 1 ', '2026º1'])('%j is 2026.1', (typed) => {
  expect(academicPeriodId(typed)).toBe('2026.1')
})

test.each(['1970.1', '2070.2'])('%s is a period', (id) => {
  expect(academicPeriodId(id)).toBe(id)
})

test.each(['', '1969.1', '1969.2', '2071.1', '1970.0', '1970.3', '1971.90', '2001', '2023.9', '20261.1'])(
  '%j is no period',
  (id) => {
    expect(academicPeriodId(id)).toBeUndefined()
    expect(outcome(create({ id }))).toBe('invalid-academic-period')
  },
)

describe('its dates', () => {
  test.each([
    [{}, '2026.1'],
    [{ startAt: '2026-01-01', endAt: '2026-12-31' }, '2026.1'],
    [{ startAt: '2025-12-31' }, 'invalid-academic-period-start-date'],
    [{ endAt: '2027-01-01' }, 'invalid-academic-period-end-date'],
    [{ startAt: '2026-06-01' }, 'invalid-academic-period-dates'],
    [{ startAt: '2026-06-02' }, 'invalid-academic-period-dates'],
  ])('%j: %s', (dates, expected) => {
    expect(outcome(create(dates))).toBe(expected)
  })

  test('both are in another year: both are named', () => {
    const period = create({ startAt: '2025-02-01', endAt: '2027-06-01' })
    expect(isRefusal(period) && period.errors.map(({ field, code }) => [field, code])).toEqual([
      ['startAt', 'invalid-academic-period-start-date'],
      ['endAt', 'invalid-academic-period-end-date'],
    ])
  })

  test('they change until there are classes', () => {
    const period = create()
    if (isRefusal(period)) throw new Error(period.code)
    expect(period.changeDates({ startAt: '2026-02-02', endAt: '2026-06-10' }, true)?.code).toBe(
      'academic-period-has-classes',
    )
    expect(period.startAt).toBe('2026-02-01')
    expect(period.changeDates({ startAt: '2026-02-02', endAt: '2026-02-02' }, false)?.code).toBe(
      'invalid-academic-period-dates',
    )
    expect(period.changeDates({ startAt: '2026-02-02', endAt: '2026-06-10' }, false)).toBeUndefined()
    expect([period.startAt, period.endAt]).toEqual(['2026-02-02', '2026-06-10'])
  })
})

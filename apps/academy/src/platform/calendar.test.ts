import { expect, test } from 'vitest'
import { dateInWords, wallClock } from './calendar.ts'

test.each([
  ['2026-11-24T02:59:59Z', 'America/Sao_Paulo', '2026-11-23', '23:59'],
  ['2026-11-24T03:00:00Z', 'America/Sao_Paulo', '2026-11-24', '00:00'],
  ['2026-11-24T03:00:00Z', 'America/Manaus', '2026-11-23', '23:00'],
  ['2026-12-31T23:59:59Z', 'UTC', '2026-12-31', '23:59'],
  ['2026-03-29T01:00:00Z', 'Europe/Lisbon', '2026-03-29', '02:00'],
])('%s in %s is %s %s', (instant, zone, date, hour) => {
  expect(wallClock(new Date(instant), zone)).toEqual({ date, hour })
})

test('days in words', () => {
  expect(dateInWords('2026-12-01', 'pt-BR')).toBe('01/12/2026')
  expect(dateInWords('2026-12-01', 'en')).toBe('1 Dec 2026')
})

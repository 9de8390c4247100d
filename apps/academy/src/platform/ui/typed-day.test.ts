import { expect, test } from 'vitest'
import { dateInWords } from '../calendar.ts'
import { isDay, readDay } from './typed-day.ts'

const UNREADABLE = { wrong: 'unreadable' }
const NONEXISTENT = { wrong: 'nonexistent' }

test.each([
  ['03/02/2031', { day: '2031-02-03' }],
  [' 3/2/2031 ', { day: '2031-02-03' }],
  ['13-01-2031', { day: '2031-01-13' }],
  ['2031-02-03', { day: '2031-02-03' }],
  ['29/02/2028', { day: '2028-02-29' }],
  ['29/02/2031', NONEXISTENT],
  ['31/04/2031', NONEXISTENT],
  ['13/13/2031', NONEXISTENT],
  ['0/1/2031', NONEXISTENT],
  ['03/02/20', UNREADABLE],
  ['amanhã', UNREADABLE],
  ['', UNREADABLE],
])('in Portuguese %j is %j: the day comes first', (typed, read) => {
  expect(readDay(typed, 'pt-BR')).toEqual(read)
})

test.each([
  ['6 Dec 2026', { day: '2026-12-06' }],
  ['06 december 2026', { day: '2026-12-06' }],
  ['Dec 6, 2026', { day: '2026-12-06' }],
  ['Sept. 6 2026', { day: '2026-09-06' }],
  ['2026-12-06', { day: '2026-12-06' }],
  ['31 Feb 2026', NONEXISTENT],
  ['2026-13-06', NONEXISTENT],
  ['06/12/2026', UNREADABLE],
  ['6 Foo 2026', UNREADABLE],
  ['tomorrow', UNREADABLE],
])('in English %j is %j: a month as a number is not guessed', (typed, read) => {
  expect(readDay(typed, 'en')).toEqual(read)
})

test('a field reads what it shows, on every day of a leap year', () => {
  for (let at = Date.UTC(2028, 0, 1); at < Date.UTC(2029, 0, 1); at += 86_400_000) {
    const day = new Date(at).toISOString().slice(0, 10)
    for (const locale of ['pt-BR', 'en'] as const) expect(readDay(dateInWords(day, locale), locale)).toEqual({ day })
  }
})

test('what is typed halfway is no day', () => {
  expect(['2026-12-06', '2026-02-29', '2026-12-6', '06/12/2026'].map(isDay)).toEqual([true, false, false, false])
})

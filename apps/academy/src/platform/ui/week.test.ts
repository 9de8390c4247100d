import { expect, test } from 'vitest'
import { daysShown, hoursOf, lanesOf, weekdayOf } from './week.ts'

const at = (startAt: string, endAt: string) => ({ startAt, endAt })
const placesOf = (meetings: { startAt: string; endAt: string }[]) =>
  lanesOf(meetings).map(({ startAt, lane, lanes }) => `${startAt} ${lane + 1}/${lanes}`)

test('the axis holds every meeting, in full hours', () => {
  expect(hoursOf([at('19:15', '21:00'), at('08:00', '09:45')])).toEqual({ first: 8, last: 21 })
  expect(hoursOf([at('22:30', '24:00')])).toEqual({ first: 22, last: 24 })
})

test('what is at the same time lies side by side; what follows has the whole day again', () => {
  expect(placesOf([at('21:00', '22:00'), at('19:00', '21:00')])).toEqual(['19:00 1/1', '21:00 1/1'])
  expect(placesOf([at('19:00', '21:00'), at('20:00', '22:00'), at('21:00', '23:00'), at('23:00', '24:00')])).toEqual([
    '19:00 1/2',
    '20:00 2/2',
    '21:00 1/2',
    '23:00 1/1',
  ])
})

test('a calendar day has a weekday', () => {
  expect([weekdayOf('2031-02-03'), weekdayOf('2031-02-08'), weekdayOf('2031-02-09')]).toEqual([
    'monday',
    'saturday',
    'sunday',
  ])
})

test('Sunday is a day of the table when something meets on it', () => {
  expect(daysShown([{ day: 'monday' }])).toHaveLength(6)
  expect(daysShown([{ day: 'sunday' }]).at(-1)).toBe('sunday')
})

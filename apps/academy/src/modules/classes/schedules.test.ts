import { expect, test } from 'vitest'
import { DAYS, day, type Schedule, scheduleHour } from './class.fields.ts'
import { byTime, clash, schedulesRefusal } from './schedules.ts'

const on = (day: Schedule['day'], startAt: string, endAt: string): Schedule => ({ day, startAt, endAt })
const monday = (startAt: string, endAt: string) => on('monday', startAt, endAt)

test.each([
  ['07:00', '08:00', '08:00', '09:00', false],
  ['08:00', '09:00', '07:00', '08:00', false],
  ['07:00', '08:00', '07:00', '08:00', true],
  ['07:00', '08:00', '07:45', '09:00', true],
  ['07:45', '09:00', '07:00', '08:00', true],
  ['07:00', '10:00', '08:00', '09:00', true],
  ['08:00', '09:00', '07:00', '10:00', true],
  ['23:45', '24:00', '22:00', '23:45', false],
  ['23:45', '24:00', '22:00', '24:00', true],
])('%s–%s and %s–%s clash: %s', (a, b, c, d, expected) => {
  expect(clash(monday(a, b), monday(c, d))).toBe(expected)
  expect(clash(monday(a, b), { ...monday(c, d), day: 'tuesday' })).toBe(false)
})

test.each([
  [[monday('19:00', '22:00')], undefined],
  [[monday('19:00', '19:00')], 'invalid-schedule'],
  [[monday('22:00', '19:00')], 'invalid-schedule'],
  [[monday('23:00', '00:30')], 'schedule-over-midnight'],
  [[monday('23:00', '00:00')], 'schedule-over-midnight'],
  [[monday('23:00', '24:00'), on('tuesday', '00:00', '00:30')], undefined],
  [[monday('06:30', '07:50'), on('sunday', '19:10', '20:50')], undefined],
  [[monday('19:00', '22:00'), monday('22:00', '24:00')], undefined],
  [[monday('19:00', '22:00'), monday('21:45', '24:00')], 'conflicting-schedules'],
])('%j: %s', (schedules, expected) => {
  expect(schedulesRefusal(schedules)?.code).toBe(expected)
})

test('those that clash are named by their places, the others are not', () => {
  const refusal = schedulesRefusal([monday('07:00', '08:00'), monday('19:00', '22:00'), monday('20:00', '21:00')])
  expect(refusal?.errors.map(({ field }) => field)).toEqual(['schedules.1', 'schedules.2'])
})

test('in the order of the week, then of the day', () => {
  const schedules: Schedule[] = [
    { day: 'friday', startAt: '07:00', endAt: '08:00' },
    { day: 'thursday', startAt: '20:00', endAt: '22:00' },
    { day: 'thursday', startAt: '09:00', endAt: '10:00' },
  ]
  expect([...schedules].sort(byTime).map((s) => `${s.day} ${s.startAt}`)).toEqual([
    'thursday 09:00',
    'thursday 20:00',
    'friday 07:00',
  ])
})

test('hours are the minutes of a day, its end included', () => {
  const all = Array.from({ length: 25 * 60 }, (_, minute) => minute).map(
    (minute) => `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`,
  )
  const known = all.filter((hour) => scheduleHour.safeParse(hour).success)
  expect([known.length, known[0], known.at(-2), known.at(-1)]).toEqual([1441, '00:00', '23:59', '24:00'])
  expect(DAYS.every((each) => day.safeParse(each).success)).toBe(true)
})

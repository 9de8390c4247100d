import { expect, test } from 'vitest'
import type { Schedule } from './class.fields.ts'
import { generateLessons, workloadMinutes } from './lessons.ts'
import { workloadText } from './workload.view.ts'

const at = (day: Schedule['day'], startAt: string, endAt: string): Schedule => ({ day, startAt, endAt })
const short = (lessons: ReturnType<typeof generateLessons>) =>
  lessons.map(({ number, date, startAt }) => `${number} ${date} ${startAt}`)

test('Mondays of three weeks: 3 lessons, 180 minutes', () => {
  const lessons = generateLessons({ startAt: '2024-08-05', endAt: '2024-08-23' }, [at('monday', '19:00', '20:00')])
  expect(short(lessons)).toEqual(['1 2024-08-05 19:00', '2 2024-08-12 19:00', '3 2024-08-19 19:00'])
  expect(workloadMinutes(lessons)).toBe(180)
})

test('twice on Thursdays: 6 lessons in the order of the day, 810 minutes', () => {
  const lessons = generateLessons({ startAt: '2024-08-27', endAt: '2024-09-13' }, [
    at('thursday', '15:15', '18:45'),
    at('thursday', '09:00', '10:00'),
  ])
  expect(short(lessons)).toEqual([
    '1 2024-08-29 09:00',
    '2 2024-08-29 15:15',
    '3 2024-09-05 09:00',
    '4 2024-09-05 15:15',
    '5 2024-09-12 09:00',
    '6 2024-09-12 15:15',
  ])
  expect(workloadMinutes(lessons)).toBe(810)
})

test('Mondays and twice on Thursdays: 9 lessons, 1,170 minutes', () => {
  const lessons = generateLessons({ startAt: '2024-08-26', endAt: '2024-09-13' }, [
    at('monday', '15:15', '18:45'),
    at('thursday', '09:00', '10:00'),
    at('thursday', '20:00', '22:00'),
  ])
  expect(lessons).toHaveLength(9)
  expect(lessons.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
  expect(workloadMinutes(lessons)).toBe(1_170)
})

test('the first day of the period counts, its last does not', () => {
  const mondays = [at('monday', '19:00', '22:00')]
  expect(short(generateLessons({ startAt: '2024-08-05', endAt: '2024-08-12' }, mondays))).toEqual([
    '1 2024-08-05 19:00',
  ])
  expect(generateLessons({ startAt: '2024-08-06', endAt: '2024-08-12' }, mondays)).toEqual([])
  expect(generateLessons({ startAt: '2024-08-06', endAt: '2024-08-13' }, mondays)).toHaveLength(1)
})

test('until midnight is an hour more than until 23:00', () => {
  expect(workloadMinutes([{ startAt: '22:00', endAt: '24:00' }])).toBe(120)
})

test.each([
  [0, '0', '0'],
  [15, '15min', '15min'],
  [60, '1h', '1h'],
  [90, '1h e 30min', '1h 30min'],
  [1_170, '19h e 30min', '19h 30min'],
])('%i minutes are %s', (minutes, pt, en) => {
  expect([workloadText(minutes, 'pt-BR'), workloadText(minutes, 'en')]).toEqual([pt, en])
})

import { expect, test } from 'vitest'
import { unbroken } from '../../platform/ui/format.ts'
import { begunAt, dayName, schedulesText } from './schedules.view.ts'

test('days and hours in the reader’s language', () => {
  const schedules = [
    { day: 'monday', startAt: '19:00', endAt: '22:00' },
    { day: 'saturday', startAt: '07:00', endAt: '08:30' },
  ] as const
  expect(schedulesText(schedules, 'en')).toBe(`${unbroken('Mon 19:00–22:00')}, ${unbroken('Sat 07:00–08:30')}`)
  expect(schedulesText(schedules, 'pt-BR')).toBe(`${unbroken('seg. 19:00–22:00')}, ${unbroken('sáb. 07:00–08:30')}`)
  expect(dayName('wednesday', 'pt-BR', 'long')).toBe('quarta-feira')
})

test('what begins later ends later, up to the end of the day', () => {
  const before = { startAt: '19:00', endAt: '20:40' }
  expect(begunAt('19:50', before)).toEqual({ startAt: '19:50', endAt: '21:30' })
  expect(begunAt('23:00', before)).toEqual({ startAt: '23:00', endAt: '24:00' })
  expect(begunAt('later', before)).toEqual({ startAt: 'later', endAt: '20:40' })
})

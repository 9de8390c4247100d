import { expect, test } from 'vitest'
import { hourTyped } from './hour-typed.ts'

test.each([
  ['07:50', '07:50'],
  ['7:50', '07:50'],
  ['750', '07:50'],
  ['0750', '07:50'],
  ['7h50', '07:50'],
  ['19h', '19:00'],
  ['19', '19:00'],
  ['7', '07:00'],
  [' 24:00 ', '24:00'],
  ['00:00', '00:00'],
])('%j is %s', (typed, hour) => {
  expect(hourTyped(typed)).toBe(hour)
})

test.each(['', '24:01', '25:00', '12:60', '7:5', 'noon', '12:345'])('%j is no hour', (typed) => {
  expect(hourTyped(typed)).toBeUndefined()
})

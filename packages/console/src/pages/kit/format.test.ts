import { expect, test } from 'vitest'
import { createFormat } from './format.ts'

const pt = createFormat('pt-BR', 'America/Sao_Paulo')
const en = createFormat('en', 'UTC')
const noon = '2026-03-09T15:00:00.042Z'

test('durations are told in the unit that a reader would use', () => {
  expect([0, 0.031, 0.199, 39, 999.4, 1700, 61_000, 120_000, 3_720_000, 90_000_000].map(en.ms)).toEqual([
    '0 ms',
    '< 0.1 ms',
    '0.2 ms',
    '39 ms',
    '999 ms',
    '1.7 s',
    '1 min 1 s',
    '2 min',
    '1 h 2 min',
    '1 d 1 h',
  ])
  expect(pt.ms(1700)).toBe('1,7 s')
})

test('details show milliseconds and the zone that they are in', () => {
  expect(en.exact(noon)).toBe('09/03/2026, 15:00:00.042 UTC')
  expect(pt.exact(noon)).toContain('09/03/2026, 12:00:00,042')
  expect(pt.exact(noon)).toContain('GMT-3')
})

test('a chart names its columns as finely as they are wide', () => {
  expect([1000, 60_000, 3_600_000, 86_400_000].map((wide) => en.bucket(noon, wide))).toEqual([
    '15:00:00',
    '15:00',
    '09/03 15:00',
    '09/03',
  ])
})

test('large numbers are shortened only where they stand on a card', () => {
  expect([en.compact(9999), en.number(1234567)]).toEqual(['9,999', '1,234,567'])
  expect(pt.compact(12_340).replace(/\s/g, ' ')).toBe('12,3 mil')
})

test('how many per minute is told in few digits', () => {
  expect([0, 0.0445, 0.445, 3.34, 240, 12_345].map(en.rate)).toEqual(['0', '0.045', '0.45', '3.3', '240', '12,300'])
})

test('sizes', () => {
  expect([0, 512, 16_384, 12_000_000_000].map(en.bytes)).toEqual(['0 B', '512 B', '16.4 kB', '12 GB'])
})

test('how long ago, and how long until', () => {
  const now = new Date(noon).getTime()
  expect(en.ago(new Date(now - 12_000).toISOString(), now)).toBe('12 sec ago')
  expect(en.ago(new Date(now + 3 * 60_000).toISOString(), now)).toBe('in 3 min')
})

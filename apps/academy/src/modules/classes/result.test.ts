import { expect, test } from 'vitest'
import { type ResultRule, resultOf } from './result.ts'

const rule = (over: Partial<ResultRule> = {}): ResultRule => ({
  version: 2,
  rounding: 'half-even',
  order: 'frequency-first',
  noteLimit: 7,
  frequencyLimit: 75,
  missingNotes: 'refuse',
  ...over,
})

test.each([
  [7, 75, 'approved'],
  [6.99, 75, 'failed-by-note'],
  [7, 74.99, 'failed-by-frequency'],
  [6.99, 74.99, 'failed-by-frequency'],
  [10, 100, 'approved'],
  [0, 0, 'failed-by-frequency'],
])('average %f, frequency %f: %s', (average, frequency, expected) => {
  expect(resultOf({ average, frequency }, rule())).toBe(expected)
})

test('the institution says what decides first, and where the limits are', () => {
  const both = { average: 5, frequency: 60 }
  expect(resultOf(both, rule({ order: 'note-first' }))).toBe('failed-by-note')
  expect(resultOf(both, rule({ order: 'note-first', noteLimit: 5 }))).toBe('failed-by-frequency')
  expect(resultOf(both, rule({ frequencyLimit: 60 }))).toBe('failed-by-note')
  expect(resultOf(both, rule({ noteLimit: 5, frequencyLimit: 60 }))).toBe('approved')
})

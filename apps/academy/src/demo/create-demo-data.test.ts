import { expect, test } from 'vitest'
import { periodOf } from './create-demo-data.ts'
import { demoId } from './people.ts'

test.each([
  ['2026-01-01T03:00:00Z', '2026.1', '2026-01-01', '2026-06-30'],
  ['2026-07-01T02:59:59Z', '2026.1', '2026-01-01', '2026-06-30'],
  ['2026-07-01T03:00:00Z', '2026.2', '2026-07-01', '2026-12-31'],
  ['2027-01-01T02:59:59Z', '2026.2', '2026-07-01', '2026-12-31'],
])('at %s it is the period %s', (now, id, startAt, endAt) => {
  expect(periodOf(new Date(now))).toEqual({ id, startAt, endAt })
})

test('ids are UUIDv7 and always the same', () => {
  expect(demoId('a')).toMatch(/^019b76da-a800-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(demoId('a')).toBe(demoId('a'))
  expect(demoId('a')).not.toBe(demoId('b'))
})

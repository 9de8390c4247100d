import { expect, test } from 'vitest'
import { ageTone, failingTone } from './health.ts'

test.each([
  [undefined, 'good'],
  [59_999, 'good'],
  [60_000, 'warn'],
  [299_999, 'warn'],
  [300_000, 'bad'],
] as const)('work that has waited %s ms is %s', (ms, tone) => expect(ageTone(ms)).toBe(tone))

test.each([
  [0, 0, 'good'],
  [0, null, 'good'],
  [1, 200, 'warn'],
  [30, 30, 'bad'],
  [30, 0, 'bad'],
  [1, null, 'bad'],
] as const)('%s failed attempts beside %s successes are %s', (failed, succeeded, tone) =>
  expect(failingTone(failed, succeeded)).toBe(tone),
)

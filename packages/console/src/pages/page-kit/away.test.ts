import { expect, test } from 'vitest'
import { isAwayProblem } from './away.ts'

test.each([
  [0, 'unreachable', true],
  [502, 'unreadable-answer', true],
  [503, 'unavailable', true],
  [503, 'took-too-long', false],
  [500, 'internal', false],
  [403, 'wrong-role', false],
])('%i %s: asked again by itself: %s', (status, code, isAway) => {
  expect(isAwayProblem({ status, code })).toBe(isAway)
})

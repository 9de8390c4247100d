import { expect, test } from 'vitest'
import { COMMAND_STATUSES } from '../../contract/vocabulary.ts'
import { lookOf, STATUSES, shownStatus } from './looks.ts'

test('every status of the contract has a look, and an unknown one has one too', () => {
  expect([...STATUSES].sort()).toEqual([...COMMAND_STATUSES].sort())
  expect(lookOf('melted')).toMatchObject({ tone: 'quiet' })
})

test('what waits after an error is being retried', () => {
  expect(shownStatus({ status: 'scheduled', failures: 0, error: null })).toBe('scheduled')
  expect(shownStatus({ status: 'scheduled', failures: 1, error: null })).toBe('retrying')
  expect(shownStatus({ status: 'scheduled', failures: 0, error: 'rate limit' })).toBe('retrying')
  expect(shownStatus({ status: 'error', failures: 3, error: 'no' })).toBe('error')
})

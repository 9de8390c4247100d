import { expect, test } from 'vitest'
import { testCounts } from './test-counts.ts'

const none = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [] }

test('skipped tests and those to do are counted together', () => {
  expect(testCounts({ ...none, numPassedTests: 3, numPendingTests: 2, numTodoTests: 1 })).toEqual({
    passed: 3,
    failed: 0,
    skipped: 3,
  })
})

test('a file that failed outside its tests counts as one failure', () => {
  const testResults = [
    { status: 'failed', assertionResults: [] },
    { status: 'failed', assertionResults: [{ status: 'passed' }, { status: 'failed' }] },
    { status: 'passed', assertionResults: [{ status: 'passed' }] },
  ]
  expect(testCounts({ ...none, numFailedTests: 1, testResults }).failed).toBe(2)
})

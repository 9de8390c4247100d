import { expect, test } from 'vitest'
import { isConnectionLoss } from './database-error.ts'

test.each([
  ['a server that shuts down', { code: '57P01', severity: 'FATAL' }, true],
  ['a socket that was reset', { code: 'ECONNRESET' }, true],
  ['what the driver says of a connection that ended', new Error('Connection terminated unexpectedly'), true],
  ['another server, which a foreign table asked in vain', { code: '08001', severity: 'ERROR' }, false],
  ['a broken rule', { code: '23505', severity: 'ERROR' }, false],
  ['nothing', undefined, false],
])('%s', (_, error, lost) => {
  expect(isConnectionLoss(error)).toBe(lost)
})

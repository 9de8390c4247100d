import { expect, test } from 'vitest'
import { databaseError, isConnectionLoss, isServerState } from './database-error.ts'

test.each([
  ['a server that shuts down', { code: '57P01', severity: 'FATAL' }, true],
  ['a socket that was reset', { code: 'ECONNRESET' }, true],
  ['what the driver says of a connection that ended', new Error('Connection terminated unexpectedly'), true],
  ['another server, which a foreign table asked in vain', { code: '08001', severity: 'ERROR' }, false],
  ['a limit of the server on transactions', { code: '25P04', severity: 'FATAL' }, true],
  ['whatever else ends a session', { code: 'XX000', severity: 'FATAL' }, true],
  ["a socket's file that is not there", { code: 'ENOENT' }, true],
  ['a broken rule', { code: '23505', severity: 'ERROR' }, false],
  ['nothing', undefined, false],
])('%s', (_, error, lost) => {
  expect(isConnectionLoss(error)).toBe(lost)
})

test.each([
  ['a full disk', { code: '53100', routine: 'mdextend' }, true],
  ['no memory', { code: '53200', routine: 'AllocSetAlloc' }, true],
  ['a standby', { code: '25006', routine: 'PreventCommandIfReadOnly' }, true],
  ['a code that a function of the application raised', { code: '53100', routine: 'exec_stmt_raise' }, false],
  ['what another server said by a foreign table', { code: '53100', routine: 'pgfdw_report_error' }, false],
  ['what another server said by dblink', { code: '53200', routine: 'dblink_res_error' }, false],
  ['a limit of the role', { code: '53400', routine: 'FileWrite' }, false],
  ['nothing', undefined, false],
])('%s is a state of the server: %s', (_, error, is) => {
  expect(isServerState(error)).toBe(is)
})

test('a week that is missing is told in whatever language the server speaks; a partition of the application is its own', () => {
  const missing = { code: '23514', routine: 'ExecFindPartition', message: 'nenhuma partição da relação "events"' }
  expect(databaseError({ ...missing, schema: 'cascata' })).toMatchObject({ code: 'no-partition' })
  const own = { ...missing, schema: 'public', message: 'no partition of relation "lessons" found for row' }
  expect(databaseError(own)).toBe(own)
})

import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { isAway, isDatabaseTimeout, isOutage } from './outage.ts'

const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), {
  code: 'ECONNREFUSED',
  syscall: 'connect',
})
const circle: { cause?: unknown } = {}
circle.cause = circle

test.each([
  ['a connection that is refused', refused, true],
  ['what a library throws because of it', new Error('Failed to get session', { cause: refused }), true],
  ['the cause of a cause', new Error('a', { cause: new Error('b', { cause: refused }) }), true],
  ['a server that shuts down', { code: '57P01', severity: 'FATAL' }, true],
  ['a password that was changed', { code: '28P01', severity: 'FATAL' }, true],
  ['a full disk', { code: '53100', severity: 'ERROR', routine: 'mdextend' }, true],
  ['a statement that nobody answered', new Error('Query read timeout'), true],
  ['a connection that goes silent', new Error('The listening connection does not answer.'), true],
  ['a broken rule', { code: '23505', severity: 'ERROR' }, false],
  ['another server, asked by HTTP', new TypeError('fetch failed', { cause: refused }), false],
  ['nothing', undefined, false],
  ['text', 'ECONNREFUSED', false],
  ['its own cause', circle, false],
])('%s', (_, error, is) => {
  expect(isOutage(error)).toBe(is)
})

test('a file that is not there is no outage', async () => {
  const error = await readFile('/nowhere/at/all').catch((missing: unknown) => missing)
  expect(error).toMatchObject({ code: 'ENOENT' })
  expect(isOutage(error)).toBe(false)
})

test('a full disk answers', () => {
  expect(isAway({ code: '53100', severity: 'ERROR', routine: 'mdextend' })).toBe(false)
  expect(isAway(refused)).toBe(true)
})

const ended = { code: '57014', severity: 'ERROR' }

test.each([
  ['a statement whose time was over', ended, true],
  ['a lock that was not to be had', { code: '55P03', severity: 'ERROR' }, true],
  ['what a library throws because of it', new Error('Failed to get session', { cause: ended }), true],
  ['another server, asked by HTTP', new TypeError('fetch failed', { cause: ended }), false],
  ['a code that a function of the application raised', { ...ended, routine: 'exec_stmt_raise' }, false],
  ['a server that another one asked', { ...ended, routine: 'dblink_res_error' }, false],
  ['a foreign table', { ...ended, routine: 'pgfdw_report_error' }, false],
  ['a server that shuts down', { code: '57P01', severity: 'FATAL' }, false],
  ['a broken rule', { code: '23505', severity: 'ERROR' }, false],
  ['its own cause', circle, false],
  ['nothing', undefined, false],
])('of the database’s time, %s', (_, error, is) => {
  expect(isDatabaseTimeout(error)).toBe(is)
})

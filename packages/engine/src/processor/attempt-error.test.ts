import { expect, test } from 'vitest'
import { attemptError } from './attempt-error.ts'

const boom = () => {
  throw new Error('a trap')
}

test.each([
  ['null', null, { class: 'null', message: 'null was thrown.', stack: null }],
  ['undefined', undefined, { class: 'undefined', message: 'undefined was thrown.', stack: null }],
  ['a text', 'no', { class: 'string', message: 'no was thrown.', stack: null }],
  ['a symbol', Symbol('no'), { class: 'symbol', message: 'Symbol(no)', stack: null }],
  ['a bigint', 12n, { class: 'bigint', message: '12 was thrown.', stack: null }],
  [
    'an object without a message',
    { code: 1 },
    { class: 'object', message: 'It was thrown without a message.', stack: null },
  ],
  [
    'a message that is no text',
    { message: 7 },
    { class: 'object', message: 'It was thrown without a message.', stack: null },
  ],
  ['a Proxy that throws at every touch', new Proxy({}, { get: boom, getPrototypeOf: boom }), { class: 'object' }],
  ['a message that throws', Object.defineProperty({}, 'message', { get: boom }), { class: 'object' }],
])('%s can be stored', (_, thrown, stored) => {
  expect(attemptError(thrown)).toMatchObject(stored)
})

test('texts are cut, and hold nothing that jsonb refuses, at the cut either', () => {
  const huge = new Error(`\u0000${'😀'.repeat(10_000_000)}`)
  const { message, stack } = attemptError(huge)
  expect(message.length).toBeLessThanOrEqual(8_192)
  expect((stack as string).length).toBeLessThanOrEqual(8_192)
  expect(message).not.toContain('\u0000')
  expect(message.isWellFormed() && (stack as string).isWellFormed()).toBe(true)
})

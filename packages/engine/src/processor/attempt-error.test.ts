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

test.each([
  [
    'fetch',
    Object.assign(new TypeError('fetch failed'), {
      cause: Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }),
    }),
    'fetch failed\ncaused by: connect (ECONNREFUSED)',
  ],
  [
    'an AggregateError without a message',
    new AggregateError([new Error('first'), new Error('second'), 'third']),
    'first\none of its errors: second\none of its errors: third',
  ],
  [
    'a cause with errors of its own',
    new Error('no', { cause: new AggregateError([new Error('first')], 'all failed') }),
    'no\ncaused by: all failed\none of its errors: first',
  ],
  ['a cause that is a text', new Error('no', { cause: 'the cat' }), 'no\ncaused by: the cat'],
  [
    'a wrapper that repeats what it wraps',
    new Error('saving: no row', { cause: new Error('no row') }),
    'saving: no row',
  ],
  ['an empty message', new Error(''), 'It was thrown without a message.'],
  ['a code alone', Object.assign(new Error(''), { code: 'ECONNRESET' }), 'ECONNRESET'],
  ['a cause that throws', Object.defineProperty(new Error('no'), 'cause', { get: boom }), 'no'],
  ['errors that throw', Object.assign(new Error('no'), { errors: new Proxy([], { get: boom }) }), 'no'],
  ['errors that are none', Object.assign(new Error('no'), { errors: { length: 1e9 } }), 'no'],
  ['a Proxy as the cause', new Error('no', { cause: new Proxy({}, { get: boom }) }), 'no'],
])('of %s the message says why', (_, thrown, message) => {
  expect(attemptError(thrown).message).toBe(message)
})

test('causes are followed to an end: cycles, chains, crowds and megabytes', () => {
  const cycle = new Error('a', { cause: new Error('b') })
  Object.assign(cycle.cause as Error, { cause: cycle, errors: [cycle] })
  expect(attemptError(cycle).message).toBe('a\ncaused by: b')

  let chain = new Error('the first')
  for (let i = 0; i < 10_000; i++) chain = new Error(`${i}`.padStart(5, '-'), { cause: chain })
  expect(attemptError(chain).message.split('\n')).toHaveLength(6)

  const crowd = new AggregateError(Array.from({ length: 100_000 }, (_, i) => new Error(`<${i}>`)))
  expect(attemptError(crowd).message.split('\n')).toHaveLength(5)

  const huge = new Error('x'.repeat(8_000), { cause: new Error('😀'.repeat(10_000_000)) })
  const { message } = attemptError(huge)
  expect(message.length).toBeLessThanOrEqual(8_192)
  expect(message.isWellFormed()).toBe(true)
})

import { expect, test } from 'vitest'
import { problemOfError } from './problem.ts'

test('an unexpected error is told by its cause, however deep it is wrapped', () => {
  const wrapped = (code: string) => new Error('the list', { cause: new Error('the query', { cause: { code } }) })
  const errors = [wrapped('57014'), wrapped('55P03'), wrapped('57P01'), wrapped('23505'), 'text']
  expect(errors.map(problemOfError)).toEqual(['took-too-long', 'took-too-long', 'unavailable', 'internal', 'internal'])
})

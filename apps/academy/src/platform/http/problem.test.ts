import { expect, test } from 'vitest'
import { z } from 'zod'
import { email } from './fields.ts'
import { fieldErrors, problemOfError } from './problem.ts'

test('what is missing or of a wrong type is said in the words of people, in both languages', () => {
  const form = z.strictObject({ email, weight: z.int(), title: z.string(), limit: z.number() })
  const { error } = form.safeParse({ email: ' ', weight: '', title: 7, limit: 'x' })
  const said = (locale: 'en' | 'pt-BR') =>
    fieldErrors(error?.issues ?? [], locale).map(({ field, code, message }) => `${field} ${code}: ${message}`)
  expect(said('en')).toEqual([
    'email required: Fill in this field.',
    'weight wrong-type: Write a number.',
    'title wrong-type: Write a text.',
    'limit wrong-type: Write a number.',
  ])
  expect(said('pt-BR')[0]).toBe('email required: Preencha este campo.')
})

test('a limit of money is said as money', () => {
  const charge = z.strictObject({ amountCents: z.int().min(1).max(100_000_000) })
  const said = (cents: number, locale: 'en' | 'pt-BR') =>
    fieldErrors(charge.safeParse({ amountCents: cents }).error?.issues ?? [], locale)[0]?.message
  expect(said(0, 'pt-BR')).toBe('No mínimo R$ 0,01.')
  expect(said(0, 'en')).toBe('At least R$ 0.01.')
  expect(said(200_000_000, 'pt-BR')).toBe('No máximo R$ 1.000.000,00.')
})

test('a statement that ran out of time is told apart from an outage and a fault, however deep it is wrapped', () => {
  const canceled = Object.assign(new Error('canceling statement due to statement timeout'), { code: '57014' })
  const locked = Object.assign(new Error('canceling statement due to lock timeout'), { code: '55P03' })
  const lost = Object.assign(new Error('terminating connection'), { code: '57P01' })
  const wrapped = (cause: Error) => new Error('the session', { cause: new Error('the query', { cause }) })
  const circular = new Error('a')
  circular.cause = new Error('b', { cause: circular })
  expect(
    [canceled, wrapped(canceled), locked, wrapped(locked), lost, wrapped(lost), circular, 'text'].map(problemOfError),
  ).toEqual([
    'took-too-long',
    'took-too-long',
    'took-too-long',
    'took-too-long',
    'unavailable',
    'unavailable',
    'internal',
    'internal',
  ])
})

import { describe, expect, test } from 'vitest'
import { addDays, createFormat, daysBetween, secondsUntil, todayIn, unbroken } from './format.ts'

test('a calendar day has no zone to fall out of', () => {
  for (const zone of ['America/Rio_Branco', 'Pacific/Kiritimati', 'UTC'])
    expect(createFormat('en', zone).day('2026-03-01')).toBe('Sun, 1 Mar 2026')
  expect(createFormat('pt-BR', 'America/Sao_Paulo').day('2026-03-01')).toBe('dom., 1 de mar. de 2026')
})

test('hours stay on one line with their day', () => {
  expect(unbroken('Mon 19:00–22:00')).toBe('Mon\u00a019:00\u2060–\u206022:00')
})

test("instants are shown in the institution's zone", () => {
  expect(createFormat('pt-BR', 'America/Sao_Paulo').time('2026-03-01T02:30:05Z')).toBe('23:30:05')
  expect(createFormat('en', 'America/Manaus').time('2026-03-01T02:30:05Z')).toBe('22:30:05')
})

test('a zone has the name that people call it by', () => {
  expect(createFormat('pt-BR', 'America/Sao_Paulo').zone).toBe('Horário de Brasília')
  expect(createFormat('en', 'America/Manaus').zone).toBe('Amazonas time')
})

test('grades keep two decimals in the way of the language', () => {
  expect(createFormat('pt-BR', 'UTC').number(7.5, 2)).toBe('7,50')
  expect(createFormat('en', 'UTC').number(7.5, 2)).toBe('7.50')
})

test('names are in the order of a dictionary', () => {
  const names = ['Redes', 'Cálculo 10', 'Ética', 'cálculo 2', 'Estatística']
  expect(names.toSorted(createFormat('pt-BR', 'UTC').compare)).toEqual([
    'cálculo 2',
    'Cálculo 10',
    'Estatística',
    'Ética',
    'Redes',
  ])
})

describe('days', () => {
  test('months and leap years', () => {
    expect(addDays('2026-12-28', 7)).toBe('2027-01-04')
    expect(addDays('2028-02-25', 7)).toBe('2028-03-03')
    expect(daysBetween('2026-12-28', '2027-01-04')).toBe(7)
  })
  test('today is the day on the wall of the institution', () => {
    const justPastMidnightUtc = Date.UTC(2026, 5, 10, 1)
    expect(todayIn('America/Sao_Paulo', justPastMidnightUtc)).toBe('2026-06-09')
    expect(todayIn('UTC', justPastMidnightUtc)).toBe('2026-06-10')
  })
})

test('a countdown never goes below zero', () => {
  const now = Date.UTC(2026, 0, 1)
  expect(secondsUntil('2026-01-01T00:00:11.200Z', now)).toBe(12)
  expect(secondsUntil('2025-12-31T23:59:00Z', now)).toBe(0)
})

test('how long ago, in words up to a week', () => {
  const { ago } = createFormat('en', 'UTC')
  const now = Date.UTC(2026, 0, 8, 12)
  expect(ago('2026-01-08T11:59:50Z', now)).toBe('now')
  expect(ago('2026-01-08T11:55:00Z', now)).toBe('5 minutes ago')
  expect(ago('2026-01-07T12:00:00Z', now)).toBe('yesterday')
  expect(ago('2025-12-01T12:00:00Z', now)).toBe('1 Dec 2025, 12:00')
})

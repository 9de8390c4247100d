import { expect, test } from 'vitest'
import { PASSWORD_CHECK_NAMES, PASSWORD_CHECKS } from './password.fields.ts'
import { weakPassword } from './weak-password.ts'

const missing = (password: string) => PASSWORD_CHECK_NAMES.filter((name) => !PASSWORD_CHECKS[name](password))

test.each([
  ['Cascata-2026', []],
  ['Água morna 7', []], // a space is a symbol, and letters are letters in every language
  ['Ab1!', ['length']],
  ['Cascata-demo', ['digit']],
  ['CASCATA-2026', ['lower']],
  ['cascata-2026', ['upper']],
  ['Cascata2026', ['symbol']],
  ['', ['length', 'digit', 'lower', 'upper', 'symbol']],
])('%j lacks %j', (password, lacks) => {
  expect(missing(password)).toEqual(lacks)
  expect(weakPassword(password)?.code).toBe(lacks.length > 0 ? 'weak-password' : undefined)
})

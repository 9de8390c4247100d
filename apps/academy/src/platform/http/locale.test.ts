import { expect, test } from 'vitest'
import { localeOf } from './locale.ts'

test.each([
  [undefined, 'pt-BR'],
  ['', 'pt-BR'],
  ['en', 'en'],
  ['en-GB,en;q=0.9', 'en'],
  ['pt-BR,en;q=0.9', 'pt-BR'],
  ['en;q=0.5,pt;q=0.8', 'pt-BR'],
  ['fr,en;q=0.3', 'en'],
  ['fr', 'pt-BR'],
  ['en;q=0', 'pt-BR'],
  ['*', 'pt-BR'],
])('%s → %s', (header, locale) => {
  expect(localeOf(header)).toBe(locale)
})

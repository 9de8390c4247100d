import { expect, test } from 'vitest'
import { searchPatterns } from './database/search-patterns.ts'
import { isFound, searchWords } from './search.ts'
import { optionsWithWords } from './ui/options-with-words.ts'

const name = "José D'Ávila Conceição"

test.each([
  "D'Ávila",
  'd’avila',
  'davila',
  'jose',
  'JOSÉ',
  'jose\u0301',
  'conceicao',
  'conceição josé',
  '  jose   conc ',
  '',
])('%j finds it', (search) => {
  expect(isFound(name, searchWords(search))).toBe(true)
  expect(isFound(name.normalize('NFD'), searchWords(search))).toBe(true)
})

test.each(['%', '_', 'jose souza', 'cao conceiçãos'])('%j finds it not', (search) => {
  expect(isFound(name, searchWords(search))).toBe(false)
})

test('in a pattern the signs of patterns are themselves', () => {
  expect(searchPatterns('50% a_b \\')).toEqual(['%50\\%%', '%a\\_b%', '%\\\\%'])
  expect(searchPatterns(undefined)).toEqual([])
})

test('choices are searched as lists are, in groups too, up to a limit', () => {
  const option = (label: string) => ({ value: label, label, disabled: false })
  const ethics = option('Ética e Cidadania')
  const statistics = option('Estatística')
  const labels = (search: string, limit = 10) =>
    optionsWithWords({ options: [ethics, { group: 'Exatas', items: [statistics] }], search, limit })
  expect(labels('cidadania etica')).toEqual([ethics])
  expect(labels('estatistica')).toEqual([{ group: 'Exatas', items: [statistics] }])
  expect(labels('')).toHaveLength(2)
  expect(labels('', 1)).toEqual([ethics])
})

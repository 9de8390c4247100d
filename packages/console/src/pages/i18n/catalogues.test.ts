/** Both languages say everything, in all the plural forms that they have, and nothing that no page asks for. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { PROBLEMS } from '../../contract/index.ts'
import { CATALOGUES, type Catalogue, chooseLanguage, createTranslate, LANGUAGES } from './words.ts'

const keysOf = (catalogue: Catalogue, path = ''): string[] =>
  Object.entries(catalogue).flatMap(([name, value]) =>
    typeof value === 'string' ? [path + name] : keysOf(value, `${path}${name}.`),
  )
const textOf = (catalogue: Catalogue, key: string): string => {
  const value = key.split('.').reduce<Catalogue | string>((at, name) => (at as Catalogue)[name] ?? '', catalogue)
  return typeof value === 'string' ? value : ''
}

const PLURAL = /_(zero|one|two|few|many|other)$/
const baseOf = (key: string) => key.replace(PLURAL, '')
const variablesOf = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name).sort()

const pages = join(import.meta.dirname, '..')
const sources = globSync('**/*.{ts,tsx}', { cwd: pages })
  .filter((file) => !/\.test\.tsx?$|^i18n\//.test(file))
  .map((file) => readFileSync(join(pages, file), 'utf8'))

/** Keys that sources name, and beginnings of keys whose end is computed. */
const named = new Set(
  sources.flatMap((text) => [...text.matchAll(/\b(?:t\(\s*|text=)['"]([^'"]+)['"]/g)].map(([, key]) => key)),
)
const listed = new Set(sources.flatMap((text) => [...text.matchAll(/'(\w+(?:\.[\w-]+)+)'/g)].map(([, key]) => key)))
const computed = sources.flatMap((text) => [...text.matchAll(/\bt\(\s*`([^`$]+)\$\{/g)].map(([, start]) => start ?? ''))

test('pages were found', () => {
  expect(named.size).toBeGreaterThan(150)
})

describe.each(LANGUAGES)('%s', (language) => {
  const catalogue = CATALOGUES[language]
  const keys = keysOf(catalogue)
  const bases = new Set(keys.map(baseOf))

  test('has every text that pages ask for', () => {
    expect([...named].filter((key) => key && !bases.has(key))).toEqual([])
    expect(computed.filter((start) => !keys.some((key) => key.startsWith(start)))).toEqual([])
  })

  test('has no text that nobody asks for', () => {
    const asked = (base: string) =>
      named.has(base) || listed.has(base) || computed.some((start) => base.startsWith(start))
    expect([...bases].filter((base) => !asked(base))).toEqual([])
  })

  test('has words for every problem that the API names', () => {
    expect(Object.keys(PROBLEMS).filter((code) => !bases.has(`problem.${code}`))).toEqual([])
  })

  test('has every plural form of the language, and no other', () => {
    const wanted = new Intl.PluralRules(language).resolvedOptions().pluralCategories.toSorted()
    const plurals = Map.groupBy(
      keys.filter((key) => PLURAL.test(key)),
      baseOf,
    )
    for (const [base, forms] of plurals)
      expect([base, ...forms.map((form) => PLURAL.exec(form)?.[1]).sort()]).toEqual([base, ...wanted])
  })

  test('no text is empty or has space around it', () => {
    expect(keys.filter((key) => textOf(catalogue, key) !== textOf(catalogue, key).trim())).toEqual([])
    expect(keys.filter((key) => textOf(catalogue, key) === '')).toEqual([])
  })
})

test('both have the same keys, and put the same values into a text', () => {
  const { 'pt-BR': portuguese, en } = CATALOGUES
  const bases = (catalogue: Catalogue) => [...new Set(keysOf(catalogue).map(baseOf))].sort()
  expect(bases(en)).toEqual(bases(portuguese))
  for (const key of keysOf(en)) {
    const own = textOf(portuguese, key) || textOf(portuguese, `${baseOf(key)}_other`)
    // One form of a plural may spell the number out, or have nothing to say of the rest.
    if (!/_(one|many)$/.test(key)) expect([key, ...variablesOf(textOf(en, key))]).toEqual([key, ...variablesOf(own)])
  }
})

test('plurals and numbers are as each language writes them', () => {
  const [pt, en] = [createTranslate('pt-BR'), createTranslate('en')]
  expect([0, 1, 1500, 2_000_000].map((count) => pt('workflow.eventCount', { count }))).toEqual([
    '0 eventos',
    '1 evento',
    '1.500 eventos',
    '2.000.000 de eventos',
  ])
  expect([0, 1, 1500].map((count) => en('workflow.eventCount', { count }))).toEqual([
    '0 events',
    '1 event',
    '1,500 events',
  ])
})

test('a language is chosen among ours, Portuguese when there is none', () => {
  expect(chooseLanguage(['en-US'])).toBe('en')
  expect(chooseLanguage([null, 'pt-PT', 'en'])).toBe('pt-BR')
  expect(chooseLanguage(['de'])).toBe('pt-BR')
})

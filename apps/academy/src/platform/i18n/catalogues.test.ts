/** Both languages say everything, in all the plural forms that they have, and nothing that no page asks for. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { en } from './en.ts'
import { chooseLanguage, createI18n, LANGUAGES, type Language } from './i18n.ts'
import { type Catalogue, ptBR } from './pt-br.ts'

const CATALOGUES: Record<Language, Catalogue> = { 'pt-BR': ptBR, en }

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
const variablesOf = (text: string) => [...text.matchAll(/\{\{(\w+)(?:, number)?\}\}/g)].map(([, name]) => name).sort()

const academy = join(import.meta.dirname, '../../..')
const sources = globSync('{src,web}/**/*.{ts,tsx}', { cwd: academy })
  .filter((file) => !/node_modules|dist|\.test\.ts$|platform\/i18n/.test(file))
  .map((file) => readFileSync(join(academy, file), 'utf8'))

/** `_zero` is no form of either language's grammar: it is a nicer way to say that there is none. */
const formsOf = (keys: string[]) =>
  keys
    .map((key) => PLURAL.exec(key)?.[1])
    .filter((form) => form !== 'zero')
    .sort()

/** Keys that sources name, and beginnings of keys whose end is computed. */
const named = new Set(sources.flatMap((text) => [...text.matchAll(/\bt\(\s*'([^']+)'/g)].map(([, key]) => key)))
const listed = new Set(sources.flatMap((text) => [...text.matchAll(/'([\w-]+(?:\.[\w-]+)+)'/g)].map(([, key]) => key)))
const computed = sources.flatMap((text) => [...text.matchAll(/\bt\(\s*`([^`$]+)\$\{/g)].map(([, start]) => start ?? ''))

test('pages were found', () => {
  expect(named.size).toBeGreaterThan(100)
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

  test('has every plural form of the language, and no other', () => {
    const wanted = new Intl.PluralRules(language).resolvedOptions().pluralCategories.toSorted()
    const plurals = Map.groupBy(
      keys.filter((key) => PLURAL.test(key)),
      baseOf,
    )
    for (const [base, forms] of plurals) expect([base, ...formsOf(forms)]).toEqual([base, ...wanted])
  })

  test('no text is empty or has space around it', () => {
    expect(keys.filter((key) => textOf(catalogue, key) !== textOf(catalogue, key).trim())).toEqual([])
    expect(keys.filter((key) => textOf(catalogue, key) === '')).toEqual([])
  })
})

test('both have the same keys', () => {
  const [portuguese, english] = [ptBR, en].map((catalogue) => [...new Set(keysOf(catalogue).map(baseOf))].sort())
  expect(english).toEqual(portuguese)
})

test('both put the same values into a text', () => {
  for (const key of keysOf(en)) {
    const base = baseOf(key)
    const own = textOf(ptBR, key) || textOf(ptBR, `${base}_other`)
    // One form of a plural may spell the number out.
    const ignoring = (names: (string | undefined)[]) =>
      PLURAL.test(key) ? names.filter((name) => name !== 'count') : names
    expect([key, ...ignoring(variablesOf(textOf(en, key)))]).toEqual([key, ...ignoring(variablesOf(own))])
  }
})

test('none of something is said in words of its own, or in the plural', async () => {
  for (const language of LANGUAGES) {
    const i18n = await createI18n(language)
    const say = i18n.t as (key: string, values: Record<string, unknown>) => string
    const keys = keysOf(CATALOGUES[language])
    const counted = [...new Set(keys.filter((key) => PLURAL.test(key)).map(baseOf))]
    expect(counted.length).toBeGreaterThan(50)
    for (const base of counted) {
      const text = textOf(CATALOGUES[language], `${base}_${keys.includes(`${base}_zero`) ? 'zero' : 'other'}`)
      const values = Object.fromEntries(variablesOf(text).map((name) => [name, `<${name}>`]))
      const wanted = text.replaceAll('{{count, number}}', '0').replaceAll(/\{\{(\w+)\}\}/g, '<$1>')
      expect([base, say(base, { ...values, count: 0 })]).toEqual([base, wanted])
    }
  }
})

test('a language is chosen among ours, Portuguese when there is none', () => {
  expect(chooseLanguage(['en-US'])).toBe('en')
  expect(chooseLanguage([null, 'pt-PT', 'en'])).toBe('pt-BR')
  expect(chooseLanguage(['de', 'fr'])).toBe('pt-BR')
  expect(chooseLanguage([])).toBe('pt-BR')
})

test('plurals are spoken in both', async () => {
  const [portuguese, english] = [await createI18n('pt-BR'), await createI18n('en')]
  const say = (language: Language, count: number) =>
    (language === 'en' ? english : portuguese).t('classes.students', { count })
  expect([say('pt-BR', 0), say('pt-BR', 1), say('pt-BR', 34), say('pt-BR', 2_000_000)]).toEqual([
    'Nenhum aluno',
    '1 aluno',
    '34 alunos',
    '2.000.000 de alunos',
  ])
  expect([say('en', 1), say('en', 34)]).toEqual(['1 student', '34 students'])
})

/**
 * Texts by key, with values and plural forms put in. The catalogue of a language is data of this package: nothing global
 * is configured, so a host may translate itself with whatever it likes.
 */
import { en } from './en.ts'
import { ptBR } from './pt-br.ts'

export const LANGUAGES = ['pt-BR', 'en'] as const
export type Language = (typeof LANGUAGES)[number]

export interface Catalogue {
  [key: string]: string | Catalogue
}

type Bare<K extends string> = K extends `${infer Base}_${'one' | 'many' | 'other'}` ? Base : K
type KeysOf<T, Path extends string = ''> = {
  [K in keyof T & string]: T[K] extends string ? `${Path}${Bare<K>}` : KeysOf<T[K], `${Path}${K}.`>
}[keyof T & string]

export type Key = KeysOf<typeof ptBR>
export type Values = Readonly<Record<string, string | number>>
export type Translate = (key: Key, values?: Values) => string

export const CATALOGUES: Record<Language, Catalogue> = { 'pt-BR': ptBR, en }

/** The tag that dates and numbers of a language are written with. */
export const tagOf = (language: Language) => (language === 'en' ? 'en-GB' : 'pt-BR')

const flatten = (catalogue: Catalogue, path = ''): [string, string][] =>
  Object.entries(catalogue).flatMap(([name, value]) =>
    typeof value === 'string' ? [[path + name, value] as [string, string]] : flatten(value, `${path}${name}.`),
  )

/** Makes `t`. `count` chooses the plural form; numbers are written as the language writes them. */
export function createTranslate(language: Language): Translate {
  const texts = new Map(flatten(CATALOGUES[language]))
  const plurals = new Intl.PluralRules(language)
  const number = new Intl.NumberFormat(tagOf(language))
  return (key, values = {}) => {
    const { count } = values
    // None of something is spoken of in the plural, though in Portuguese grammar's `one` takes 0 in as well.
    const form = typeof count === 'number' ? texts.get(`${key}_${plurals.select(count || 2)}`) : undefined
    const text = form ?? texts.get(key) ?? key
    return text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
      const value = values[name]
      return typeof value === 'number' ? number.format(value) : (value ?? '')
    })
  }
}

/** The first of the wanted languages that we speak; Portuguese if there is none. */
export function chooseLanguage(wanted: readonly (string | null | undefined)[]): Language {
  for (const tag of wanted) {
    const primary = tag?.toLowerCase().split('-')[0]
    const found = LANGUAGES.find((language) => language.toLowerCase().split('-')[0] === primary)
    if (found) return found
  }
  return 'pt-BR'
}

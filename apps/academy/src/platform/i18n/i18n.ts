/** The two languages of the academy. Catalogues are typed by the Portuguese one; a test holds the English one to it. */
import i18next, { type BackendModule, type i18n as I18n } from 'i18next'
import { initReactI18next } from 'react-i18next'
import type { Catalogue, ptBR } from './pt-br.ts'

export const LANGUAGES = ['pt-BR', 'en'] as const
export type Language = (typeof LANGUAGES)[number]
export const DEFAULT_LANGUAGE: Language = 'pt-BR'

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: typeof ptBR }
    returnNull: false
  }
}

/** The first of the wanted languages that we speak; Portuguese if there is none. */
export function chooseLanguage(wanted: readonly (string | null | undefined)[]): Language {
  for (const tag of wanted) {
    const primary = tag?.toLowerCase().split('-')[0]
    const found = LANGUAGES.find((language) => language.toLowerCase().split('-')[0] === primary)
    if (found) return found
  }
  return DEFAULT_LANGUAGE
}

/** A reader speaks one language at a time: the other is loaded when it is chosen. */
const CATALOGUES: Record<Language, () => Promise<Catalogue>> = {
  'pt-BR': async () => (await import('./pt-br.ts')).ptBR,
  en: async () => (await import('./en.ts')).en,
}

const backend: BackendModule = {
  type: 'backend',
  init: () => {},
  read: (language, _namespace) => CATALOGUES[chooseLanguage([language])](),
}

export async function createI18n(language: Language): Promise<I18n> {
  const i18n = i18next.createInstance()
  await i18n
    .use(backend)
    .use(initReactI18next)
    .init({
      lng: language,
      supportedLngs: LANGUAGES,
      load: 'currentOnly',
      fallbackLng: false,
      interpolation: { escapeValue: false },
      returnNull: false,
    })
  countNothingAsMany(i18n)
  return i18n
}

/** None of something is spoken of in the plural, “0 turmas”, though in Portuguese grammar's `one` takes 0 in as well. */
function countNothingAsMany({ services: { pluralResolver } }: I18n): void {
  const suffixOf = pluralResolver.getSuffix.bind(pluralResolver)
  pluralResolver.getSuffix = (language: string, count: number, options?: object) =>
    suffixOf(language, count === 0 ? 2 : count, options)
}

/** The two languages of the academy. Catalogues are typed by the Portuguese one; a test holds the English one to it. */
import i18next, { type i18n as I18n } from 'i18next'
import { initReactI18next } from 'react-i18next'
import { en } from './en.ts'
import { ptBR } from './pt-br.ts'

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

export function createI18n(language: Language): I18n {
  const i18n = i18next.createInstance()
  i18n.use(initReactI18next).init({
    lng: language,
    supportedLngs: LANGUAGES,
    fallbackLng: false,
    initAsync: false,
    resources: { 'pt-BR': { translation: ptBR }, en: { translation: en } },
    interpolation: { escapeValue: false },
    returnNull: false,
  })
  return i18n
}

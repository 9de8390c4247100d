/** Language and theme: chosen by the reader, kept in this browser. */
import { useTranslation } from 'react-i18next'
import { chooseLanguage, type Language } from '../i18n/i18n.ts'

const STORED_LANGUAGE = 'cascata.language'
export const STORED_THEME = 'cascata.theme'

const read = (name: string) => {
  try {
    return localStorage.getItem(name)
  } catch {
    return null
  }
}

const write = (name: string, value: string) => {
  try {
    localStorage.setItem(name, value)
  } catch {
    // A browser that keeps nothing still shows what was chosen until the page is left.
  }
}

export const languageOfBrowser = (): Language => chooseLanguage([read(STORED_LANGUAGE), ...navigator.languages])

/** True once the reader has chosen; until then the language of the account may replace the browser's. */
export const languageWasChosen = () => read(STORED_LANGUAGE) !== null

export function usePreferredLanguage() {
  const { i18n } = useTranslation()
  return {
    language: i18n.language as Language,
    show: (language: Language) => {
      if (i18n.language !== language) void i18n.changeLanguage(language)
    },
    choose: (language: Language) => {
      write(STORED_LANGUAGE, language)
      void i18n.changeLanguage(language)
    },
  }
}

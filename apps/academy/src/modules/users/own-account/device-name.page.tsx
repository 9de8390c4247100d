import { useTranslation } from 'react-i18next'

/** A device in words, as far as its browser says what it is. */
export function useDeviceName() {
  const { t } = useTranslation()
  return ({ browser, system }: { browser: string | null; system: string | null }): string => {
    if (browser && system) return t('ownAccount.browserOn', { browser, system })
    return browser ?? system ?? t('ownAccount.unknownDevice')
  }
}

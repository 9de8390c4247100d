/** The two menus of the header: language and theme. */
import { ActionIcon, type MantineColorScheme, Menu, Tooltip, useMantineColorScheme } from '@mantine/core'
import { IconDeviceDesktop, IconLanguage, IconMoon, IconSun } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { chooseLanguage, LANGUAGES, type Language } from '../i18n/i18n.ts'
import { usePreferredLanguage } from './preferences.tsx'

// In both menus the tooltip is around the target: within it, the button would not say that it opens a menu.
export function PreferenceMenus({ onLanguage }: { onLanguage?: (language: Language) => void }) {
  return (
    <>
      <LanguageSwitch {...(onLanguage ? { onChoose: onLanguage } : {})} />
      <ThemeSwitch />
    </>
  )
}

// A language is named in itself, so that those who read only it can find it.
const LANGUAGE_NAMES: Record<Language, string> = { 'pt-BR': 'Português (Brasil)', en: 'English' }

function LanguageSwitch({ onChoose }: { onChoose?: (language: Language) => void }) {
  const { t } = useTranslation()
  const { language, choose } = usePreferredLanguage()
  return (
    <Menu position="bottom-end" withinPortal>
      <Tooltip label={t('preferences.language')}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('preferences.language')}>
            <IconLanguage size={20} aria-hidden />
          </ActionIcon>
        </Menu.Target>
      </Tooltip>
      <Menu.Dropdown>
        <Menu.RadioGroup
          value={language}
          onChange={(value) => {
            const chosen = chooseLanguage([value])
            choose(chosen)
            onChoose?.(chosen)
          }}
        >
          {LANGUAGES.map((each) => (
            <Menu.RadioItem key={each} value={each} lang={each} closeMenuOnClick>
              {LANGUAGE_NAMES[each]}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  )
}

const THEMES = [
  { value: 'auto', label: 'preferences.themeSystem', icon: IconDeviceDesktop },
  { value: 'light', label: 'preferences.themeLight', icon: IconSun },
  { value: 'dark', label: 'preferences.themeDark', icon: IconMoon },
] as const satisfies readonly { value: MantineColorScheme; label: string; icon: unknown }[]

function ThemeSwitch() {
  const { t } = useTranslation()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const current = THEMES.find(({ value }) => value === colorScheme) ?? THEMES[0]
  return (
    <Menu position="bottom-end" withinPortal>
      <Tooltip label={t('preferences.theme')}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('preferences.theme')}>
            <current.icon size={20} aria-hidden />
          </ActionIcon>
        </Menu.Target>
      </Tooltip>
      <Menu.Dropdown>
        <Menu.RadioGroup value={current.value} onChange={(value) => setColorScheme(value as MantineColorScheme)}>
          {THEMES.map((each) => (
            <Menu.RadioItem
              key={each.value}
              value={each.value}
              closeMenuOnClick
              rightSection={<each.icon size={16} aria-hidden />}
            >
              {t(each.label)}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  )
}
